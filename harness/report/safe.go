package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe makes text of a gateway or an upstream fit for one line of a terminal or a log: what is not printable, line ends included, is shown as its Go
// escape, so that nothing in it can move a cursor, forge a line or hide a word.
func Safe(s string) string {
	var b strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
		s = s[n:]
	}
	return b.String()
}

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

// escapeJSON replaces what JSON allows in a string but a terminal acts upon (DEL, C1 controls, format characters such as those that reverse the reading
// direction) with its escape. No such rune can stand in JSON outside a string.
func escapeJSON(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for _, r := range string(doc) {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			hi, lo := surrogates(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// surrogates splits a rune above 0xffff as JSON's escapes must (RFC 8259, section 7).
func surrogates(r rune) (hi, lo rune) {
	r -= 0x10000
	return 0xd800 + r>>10, 0xdc00 + r&0x3ff
}
