package foreign

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text makes text of somebody else's, a gateway's or an upstream's or a file's, fit for one line of a terminal or a
// log: what is not printable, line ends included, is shown as its Go escape, so that nothing in it can move a cursor,
// forge a line or hide a word; and so is a character of what would be a command to the machine of a pipeline that reads
// the log.
func Text(s string) string {
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
	return disarm(b.String(), `\x`)
}

// commands are what pipelines take from a log for commands; of each, the first character of the group is escaped.
//
//   - ##[command], ##vso[…] and ##teamcity[…] anywhere in a line: GitHub's runner (ActionCommand.TryParse), Azure
//     Pipelines, TeamCity's service messages
//   - ::command:: and ::command name=value:: at the beginning of a line, after blanks: GitHub's runner
//     (ActionCommand.TryParseV2)
//   - section_start:, section_end:, travis_fold: anywhere: GitLab, Travis
//   - --- +++ ~~~ and ^^^ +++ at the beginning of a line: Buildkite's groups
var commands = regexp.MustCompile(`(#)#[A-Za-z]*\[|^\s*(:):[A-Za-z][A-Za-z-]*(?: |::)|` +
	`section_(?:start|end)(:)[0-9]|travis_fold(:)|^\s*([-+~^])(?:--|\+\+|~~|\^\^)(?: |$)`)

// disarm escapes one character of each command in a line, in the form prefix and two digits.
func disarm(s, prefix string) string {
	var b strings.Builder
	done := 0
	for _, m := range commands.FindAllStringSubmatchIndex(s, -1) {
		for group := 2; group < len(m); group += 2 {
			if at := m[group]; at >= 0 {
				fmt.Fprintf(&b, "%s%s%02x", s[done:at], prefix, s[at])
				done = at + 1
			}
		}
	}
	return b.String() + s[done:]
}

// commandInJSON is what pipelines obey wherever it stands in a line; of the rest, nothing can stand in JSON where it is
// obeyed.
var commandInJSON = regexp.MustCompile(`#(#[A-Za-z]*\[)`)

// JSON replaces what JSON allows in a string but a terminal acts upon (DEL, C1 controls, format characters such as
// those that reverse the reading direction), or a pipeline's machine, with its escape. No such character can stand in
// JSON outside a string.
func JSON(doc []byte) []byte {
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
	return commandInJSON.ReplaceAll(out, []byte(`\u0023$1`))
}

// surrogates splits a rune above 0xffff as JSON's escapes must (RFC 8259, section 7).
func surrogates(r rune) (hi, lo rune) {
	r -= 0x10000
	return 0xd800 + r>>10, 0xdc00 + r&0x3ff
}
