// Package stats sums measurements up.
package stats

import "math"

// Quantile returns the smallest of the sorted values that is not below a share q of them (nearest rank), and zero of
// none.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(int(math.Ceil(q*float64(len(sorted)))), 1)-1]
}
