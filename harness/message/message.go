// Package message knows what gateways, and a few programs beside them, write into their logs when a request fails, and
// what each message means: whose doing it was, which error type of RFC 9209, and which directive decides it.
//
//	a line of a log ──> messages.yaml of each gateway's folder ──> the one message that fits it best
//
// The messages are data. What no message fits is not known, and nothing is guessed from it.
package message

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/yamldoc"
)

// Side is whose doing it was.
type Side string

// The sides.
const (
	// Client: who asked gave up, or sent what no gateway can serve.
	Client Side = "client"
	// Gateway: a limit, a rule or a configuration of the gateway itself, or of the machine that it runs on.
	Gateway Side = "gateway"
	// Between: the network, or a nameserver, between the gateway and the upstream.
	Between Side = "between"
	// Upstream: what stands behind the gateway.
	Upstream Side = "upstream"
	// Start: what keeps the gateway from starting; no request had a part in it.
	Start Side = "start"
)

// Message is one that a program writes.
type Message struct {
	// Program is the folder's name; for what is no gateway, the program's own.
	Program string `yaml:"program"`
	// As is what people call the program; the file says it for all its messages.
	As string `yaml:"-"`
	// Line is a regular expression (RE2) that the message fits, and no other message of the program.
	Line string `yaml:"line"`
	// Means says in a clause what happened, in words that need no manual.
	Means string `yaml:"means"`
	Side  Side   `yaml:"side"`
	// Type is the error type of RFC 9209, section 2.3, that a gateway should report; empty where none is meant for it.
	Type proxystatus.ErrorType `yaml:"type"`
	// Directive says which setting decides it, and how; Link is where the vendor documents the message or the setting.
	Directive string `yaml:"directive"`
	Link      string `yaml:"link"`
	// Advice says what to do, of a message of the side Start and of no other. There and in Means ${1} stands for what
	// the first group of Line fits.
	Advice string `yaml:"advice"`
	// Vague is of a message that tells that there is a mistake, and not which: one that tells more is told in its place.
	Vague bool `yaml:"vague"`
	// Example is a line as it stands in a log. No other message may fit it better.
	Example string `yaml:"example"`

	line    *regexp.Regexp
	letters int      // how much of the expression is written out
	needles []string // one of them stands in each line that the message fits: that costs much less to look for
}

// Catalogue is all messages.
type Catalogue struct{ all []Message }

// longest is how much of a line is looked at, in bytes: what failed stands at its beginning, and what was asked behind
// it.
const longest = 16 << 10

// The names of the files with the messages of a folder: about requests, and about a start that fails.
const (
	file      = "messages.yaml"
	startFile = "start.yaml"
)

// Read reads the messages of all gateways: messages.yaml and start.yaml in each folder of files, and those beside the
// folders, which are of programs that are no gateways. A folder without one has none.
func Read(files fs.FS) (*Catalogue, error) {
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	c := &Catalogue{}
	for _, f := range folders {
		for _, name := range []string{file, startFile} {
			program := ""
			switch {
			case f.IsDir():
				name, program = path.Join(f.Name(), name), f.Name()
			case f.Name() != name:
				continue
			}
			text, err := foreign.ReadIn(files, name, foreign.MostWritten)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("read messages: %w", err)
			}
			if err := c.add(name, program, text); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// add reads one file; program is whose messages it has, or "" where each says so itself.
func (c *Catalogue) add(name, program string, text []byte) error {
	all := struct {
		As       string    `yaml:"as"`
		Messages []Message `yaml:"messages"`
	}{}
	if _, err := yamldoc.Read(name, text, &all, "messages: a list of what a program writes"); err != nil {
		return fmt.Errorf("read %w", err)
	}
	for i, m := range all.Messages {
		m.Program = cmp.Or(program, m.Program)
		m.As = cmp.Or(all.As, m.Program)
		if path.Base(name) == startFile {
			m.Side, m.Type = Start, "proxy_configuration_error"
		}
		if err := m.prepare(); err != nil {
			return fmt.Errorf("read %s: message %d (%s): %w", name, i+1, m.Line, err)
		}
		c.all = append(c.all, m)
	}
	return nil
}

// prepare makes a message ready to be compared with, or says what it lacks.
func (m *Message) prepare() (err error) {
	for what, text := range map[string]string{
		"program": m.Program, "line": m.Line, "means": m.Means, "link": m.Link, "example": m.Example,
	} {
		if text == "" {
			return fmt.Errorf("got no %s, want one", what)
		}
	}
	if (m.Advice != "") != (m.Side == Start) {
		return fmt.Errorf("advice: got %q, want what to do, in %s and nowhere else", m.Advice, startFile)
	}
	if !slices.Contains([]Side{Client, Gateway, Between, Upstream, Start}, m.Side) {
		return fmt.Errorf("side: got %q, want client, gateway, between or upstream", m.Side)
	}
	if m.Type != "" && !m.Type.Registered() {
		return fmt.Errorf("type: got %q, want one of RFC 9209, section 2.3, or none", m.Type)
	}
	if m.line, err = regexp.Compile(m.Line); err != nil {
		return fmt.Errorf("line: %w", err)
	}
	tree, err := syntax.Parse(m.Line, syntax.Perl)
	if err != nil {
		return fmt.Errorf("line: %w", err)
	}
	m.letters, m.needles = written(tree), needles(tree)
	return nil
}

// written counts the characters that an expression has written out: of several ways, those of the shortest.
func written(e *syntax.Regexp) (n int) {
	switch e.Op {
	case syntax.OpLiteral:
		return len(e.Rune)
	case syntax.OpAlternate:
		n = written(e.Sub[0])
		for _, sub := range e.Sub[1:] {
			n = min(n, written(sub))
		}
		return n
	case syntax.OpStar, syntax.OpQuest:
		return 0
	case syntax.OpRepeat:
		return e.Min * written(e.Sub[0])
	}
	for _, sub := range e.Sub {
		n += written(sub)
	}
	return n
}

// needles are texts that an expression has written out, of which one stands in all that it fits; none if it has none.
// Of several sets it is the one whose shortest is longest.
func needles(e *syntax.Regexp) (best []string) {
	switch e.Op {
	case syntax.OpLiteral:
		if e.Flags&syntax.FoldCase == 0 {
			return []string{string(e.Rune)}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needles(e.Sub[0])
	case syntax.OpAlternate:
		for _, sub := range e.Sub {
			of := needles(sub)
			if of == nil {
				return nil
			}
			best = append(best, of...)
		}
	case syntax.OpConcat:
		for _, sub := range e.Sub {
			if of := needles(sub); shortest(of) > shortest(best) {
				best = of
			}
		}
	}
	return best
}

func shortest(all []string) (n int) {
	for i, s := range all {
		if i == 0 || len(s) < n {
			n = len(s)
		}
	}
	return n
}

// fits reports whether the line is the message.
func (m *Message) fits(line string) bool {
	within := func(needle string) bool { return strings.Contains(line, needle) }
	return (m.needles == nil || slices.ContainsFunc(m.needles, within)) && m.line.MatchString(line)
}

// All lists the messages, by program in the order of the folders, each program's in the order of its file.
func (c *Catalogue) All() []Message { return slices.Clone(c.all) }

// Find returns the message that a line fits, and false if it is none that is known. Of several it is one of the program
// that is named, "" for no program; then one that is not vague; then the one that has most of its line written out: it
// says most. A nil catalogue has no message.
func (c *Catalogue) Find(line, program string) (best Message, ok bool) {
	return c.find(line, program, func(*Message) bool { return true })
}

// find is Find among the messages that are wanted.
func (c *Catalogue) find(line, program string, wanted func(*Message) bool) (best Message, ok bool) {
	line = strings.TrimSpace(line[:min(len(line), longest)])
	if c == nil || line == "" {
		return Message{}, false
	}
	better := func(m Message) bool {
		if own, has := m.Program == program, best.Program == program; own != has {
			return own
		}
		if m.Vague != best.Vague {
			return best.Vague
		}
		return m.letters > best.letters
	}
	for _, m := range c.all {
		if wanted(&m) && (!ok || better(m)) && m.fits(line) {
			best, ok = m, true
		}
	}
	if ok && best.Side == Start {
		best.fillIn(line)
	}
	return best, ok
}
