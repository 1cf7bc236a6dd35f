package report

import (
	"unicode/utf8"

	"github.com/gatequake/gatequake/harness/foreign"
)

// Safe makes text of a gateway or an upstream fit for one line of a terminal or a log; see foreign.Text.
func Safe(s string) string { return foreign.Text(s) }

// brief makes text of a gateway or an upstream fit for one line, of at most n characters. However long the text is, no more of it is looked at.
func brief(s string, n int) string {
	seen := 0
	for i := range s {
		if seen++; seen > n+1 { // One more than is shown, so that it is seen to be cut.
			s = s[:i]
			break
		}
	}
	return clip(Safe(s), n)
}

// clip shortens s, already safe, to at most n characters.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
