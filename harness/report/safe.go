package report

import (
	"fmt"
	"unicode/utf8"

	"github.com/gatequake/gatequake/harness/foreign"
)

// Safe makes text of a gateway or an upstream fit for one line of a terminal or a log; see foreign.Text.
func Safe(s string) string { return foreign.Text(s) }

// Brief makes text of a gateway or an upstream fit for one line, of at most n characters. However long the text is,
// no more of it is looked at.
func Brief(s string, n int) string {
	seen := 0
	for i := range s {
		if seen++; seen > n+1 { // One more than is shown, so that it is seen to be cut.
			s = s[:i]
			break
		}
	}
	return Clip(Safe(s), n)
}

// Clip shortens s, already safe, to at most n characters.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// Bounds of what the console shows of one thing; results.json has all of it.
const (
	// ShownReason is enough for a sentence of ours and five log lines of a gateway that does not start.
	ShownReason = 900
	// ShownIDs are enough to see what a collapsed group is about.
	ShownIDs = 6
	// AllIDs lists a group to the last.
	AllIDs = 1 << 10
)

// Experiments is "1 experiment", "2 experiments".
func Experiments(n int) string {
	if n == 1 {
		return "1 experiment"
	}
	return fmt.Sprintf("%d experiments", n)
}
