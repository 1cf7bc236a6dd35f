package cli

import (
	"slices"
	"strings"
)

// unknown is the mistake of a name that nothing has. It lists the names there are, and the nearest first if one is near.
func unknown(what, name string, known []string) error {
	near, shown := "", []string{}
	for _, k := range known {
		if !strings.Contains(k, "+") { // another state of one that is listed
			shown = append(shown, k)
		}
	}
	if n := nearest(name, known); n != "" {
		near = " did you mean " + n + "?"
	}
	return usage("no %s %q;%s there are: %s", what, name, near, strings.Join(shown, ", "))
}

// nearest returns the known name that takes the fewest changes to make of name, or "" when that is more than a third of it: then it is a guess.
func nearest(name string, known []string) string {
	best, least := "", len(name)/3+1
	for _, k := range known {
		if d := distance(strings.ToLower(name), k); d < least || (d == least && best == "") {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to insert, remove, replace or swap with the next to make b of a.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// each checks that every name is known, and returns them without repetition.
func each(what string, names, known []string) ([]string, error) {
	all := []string{}
	for _, n := range names {
		if n = strings.TrimSpace(n); n == "" {
			return nil, usage("got an empty "+what+" name, want one of: %s", strings.Join(known, ", "))
		}
		if !slices.Contains(known, n) {
			return nil, unknown(what, n, known)
		}
		if !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all, nil
}
