package survey

import (
	"slices"
	"testing"
)

// TestHalves: each number is in a group without any given other, and there are no more groups than that takes.
func TestHalves(t *testing.T) {
	t.Parallel()
	for n, most := range map[int]int{1: 0, 2: 2, 3: 3, 6: 4, 10: 5, 20: 6} {
		all := halves(n)
		if len(all) > most {
			t.Errorf("%d: got %d groups, want %d", n, len(all), most)
		}
		for a := range n {
			for b := range n {
				apart := slices.ContainsFunc(all, func(g []int) bool { return slices.Contains(g, a) && !slices.Contains(g, b) })
				if a != b && !apart {
					t.Errorf("%d: got %v, want %d in one without %d", n, all, a, b)
				}
			}
		}
	}
}
