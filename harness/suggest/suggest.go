// Package suggest finds what a mistyped name was meant to be.
package suggest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// most is how many names are suggested at most.
const most = 3

// Near returns the known names that take the fewest changes to make of name, the nearest first and three at most; none
// that takes more than a third of its letters, and one: that would be a guess.
func Near(name string, known []string) []string {
	changes := func(k string) int { return levenshtein.ComputeDistance(strings.ToLower(name), k) }
	all := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return changes(k) > len(name)/3+1 })
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(changes(a), changes(b)) })
	return all[:min(len(all), most)]
}

// Nearest returns the first of Near, or "".
func Nearest(name string, known []string) string {
	if all := Near(name, known); len(all) > 0 {
		return all[0]
	}
	return ""
}
