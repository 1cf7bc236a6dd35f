package site

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFilling: pools of workers that clients come to by chance are filled, however the chance falls out; what keeps no
// connection, or one for each of ever more clients, is given up.
func TestFilling(t *testing.T) {
	t.Parallel()
	const tries = 2000
	random := rand.New(rand.NewPCG(1, 2))
	for _, pools := range []int{1, 2, 4, 10, 11, 12, 16, 32, 64} {
		given, missed := 0, 0
		for range tries {
			var f filling
			why := fillBy(&f, func() string { return fmt.Sprint(random.IntN(pools)) }, func() int { return len(f.known) })
			switch {
			case why != "":
				given++
			case f.pools() < pools:
				missed++
			}
		}
		if given > 2 || missed > 3*tries*overlooked {
			t.Errorf("%d pools: given up %d times and one overlooked %d times of %d", pools, given, missed, tries)
		}
	}
	for name, test := range map[string]struct {
		open func(met int) int
		want string
		most int
	}{
		"keeps none":        {func(int) int { return 0 }, "no keepalive", newcomers},
		"keeps all":         {func(met int) int { return met }, "no keepalive", manyNewcomers},
		"keeps only so few": {func(met int) int { return min(met, 3) }, "no keepalive", newcomers},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f filling
			next := func() string { return fmt.Sprint(f.served) }
			why := fillBy(&f, next, func() int { return test.open(len(f.known)) })
			if !strings.Contains(why, test.want) || f.served > test.most {
				t.Errorf("%q after %d clients, want %q after %d", why, f.served, test.want, test.most)
			}
		})
	}
	t.Run("ever more", func(t *testing.T) {
		t.Parallel()
		var f filling
		every := func() string { return fmt.Sprint(f.served / 3) }
		why := fillBy(&f, every, func() int { return len(f.known) })
		if !strings.Contains(why, "so many pools") {
			t.Errorf("%q after %d clients", why, f.served)
		}
	})
}

// fillBy serves clients until it ends, and is the reason if the pools are not full.
func fillBy(f *filling, next func() string, open func() int) string {
	for {
		f.met(next(), open)
		if full, why := f.ends(); full || why != "" {
			return why
		}
	}
}
