package message

import (
	"regexp"
	"slices"
	"strings"
)

// Cause is why a program did not start.
type Cause struct {
	// Line is what it printed, one line of it.
	Line string
	// Means says what that means, and Advice what to do.
	Means, Advice string
}

// String is the cause in one line, for people.
func (c Cause) String() string {
	return strings.TrimRight(c.Line, ".") + ". That is: " + c.Means + ". What to do: " + c.Advice
}

// fatal are the words by which programs of every kind mark what ended them, the surest first: the severities of
// syslog (RFC 5424, section 6.2.1), and what people write.
var fatal = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(emerg|alert|crit|critical|fatal|panic)\b`),
	regexp.MustCompile(`(?i)\b(error|err|exception|traceback)\b`),
	regexp.MustCompile(`(?i)\b(cannot|can't|could ?not|couldn't|unable|failed|no such|not found|denied|refused)\b`),
}

// mostCauses bounds how many of a program's messages are told: who mends three knows the way.
const mostCauses = 3

// Causes finds why the program, "" for one that is not known, did not start, in the lines that it printed: the
// messages of the side Start among them, each once, in the order in which they came. There is none if none is known.
func (c *Catalogue) Causes(lines []string, program string) []Cause {
	lines = joined(lines)
	for _, vague := range []bool{false, true} {
		if all := c.started(lines, program, vague); len(all) > 0 {
			return all[:min(len(all), mostCauses)]
		}
	}
	return nil
}

// Likely returns the line that looks most like the cause of a program's end: the first with the surest word. It is ""
// if none has such a word.
func Likely(lines []string) string {
	for _, word := range fatal {
		if i := slices.IndexFunc(lines, word.MatchString); i >= 0 {
			return part(lines[i], 0)
		}
	}
	return ""
}

// started lists what the messages of the side Start, the vague ones or the others, say of the lines.
func (c *Catalogue) started(lines []string, program string, vague bool) (all []Cause) {
	for _, line := range lines {
		m, ok := c.find(line, program, func(m *Message) bool { return m.Side == Start && m.Vague == vague })
		if !ok {
			continue
		}
		cause := m.cause(line)
		if !slices.ContainsFunc(all, func(o Cause) bool { return o.Means == cause.Means }) {
			all = append(all, cause)
		}
	}
	return all
}

// joined puts what is said in several lines into one: what ends with a colon, or within a sentence, goes on in the next
// line, and the place in a file, in brackets, belongs to the line before.
func joined(lines []string) []string {
	all, open := []string{}, false
	for _, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			continue
		case open || len(all) > 0 && strings.HasPrefix(line, "('"):
			all[len(all)-1] += " " + line
		default:
			all = append(all, line)
		}
		open = strings.HasSuffix(line, ":") || strings.HasSuffix(line, " at")
	}
	return all
}

// fillIn puts what the line says into the message, which fits it.
func (m *Message) fillIn(line string) {
	at := m.line.FindStringSubmatchIndex(line)
	for _, text := range []*string{&m.Means, &m.Advice} {
		*text = string(m.line.ExpandString(nil, *text, line, at))
	}
}

// cause is what the message says of the line, which it fits.
func (m *Message) cause(line string) Cause {
	return Cause{Line: part(line, m.line.FindStringIndex(line)[0]), Means: m.Means, Advice: m.Advice}
}

// mostLine bounds the line that is told, in bytes: longer ones are those that repeat the whole configuration.
const mostLine = 400

// part is the line, or of one that is too long what begins a little before the place that counts.
func part(line string, at int) string {
	if len(line) <= mostLine {
		return line
	}
	before, from := "", 0
	if at+mostLine/2 > mostLine {
		before, from = "…", at-mostLine/4
	}
	return before + strings.ToValidUTF8(line[from:min(len(line), from+mostLine)], "") + "…"
}
