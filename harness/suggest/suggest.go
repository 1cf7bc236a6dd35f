// Package suggest finds what a mistyped name was meant to be.
package suggest

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the known name that takes the fewest changes to make of name, or "" when that is more than a third
// of its letters: then it is a guess.
func Nearest(name string, known []string) string {
	best, least := "", len(name)/3+1
	for _, k := range known {
		if d := levenshtein.ComputeDistance(strings.ToLower(name), k); d < least || (d == least && best == "") {
			best, least = k, d
		}
	}
	return best
}
