package faults

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/yamldoc"
)

// answer is one file of fixtures/answers. Its README says what a file looks like.
type answer struct {
	Title     string                `yaml:"title"`
	Error     proxystatus.ErrorType `yaml:"error"`
	What      string                `yaml:"what"`
	Phase     catalog.Phase         `yaml:"phase"`
	When      moment                `yaml:"when"`
	Every     time.Duration         `yaml:"every"`
	AfterHead bool                  `yaml:"after-head"`
	Tolerated string                `yaml:"tolerated"`
	Body      string                `yaml:"body"`
	Foreign   bool                  `yaml:"foreign"`

	bytes []byte
}

// moment is when an answer is sent.
type moment string

// The moments: when the request has been read, and when the connection is made.
const (
	onRequest moment = "request"
	onAccept  moment = "accept"
)

const (
	// maxAnswerFile bounds a file: people read it, and what is large in it is written {{fill N}}.
	maxAnswerFile = 64 << 10
	// dashes is the line between the head and the bytes.
	dashes = "---\n"
)

// parseAnswer reads the text of an answer's file. The error is one line that begins with file:line:column.
func parseAnswer(file, text string) (answer, error) {
	a := answer{Phase: catalog.AtOnce, When: onRequest}
	switch {
	case text == "":
		return a, fmt.Errorf("%s:1:1: got an empty file, want a head, a line of three dashes, and the bytes of an "+
			"answer", file)
	case len(text) > maxAnswerFile:
		return a, fmt.Errorf("%s:1:1: got %d bytes, want %d at most; {{fill N}} stands for N bytes", file, len(text),
			maxAnswerFile)
	}
	head, body, found := strings.Cut("\n"+text, "\n"+dashes)
	if !found {
		return a, fmt.Errorf("%s:%d:1: got the end of the file, want a line of three dashes between the head and "+
			"the bytes", file, 1+strings.Count(text, "\n"))
	}
	head = strings.TrimPrefix(head, "\n")
	if err := a.parseHead(file, head); err != nil {
		return a, err
	}
	// The head's last line has no line end left, and one line is the dashes.
	first := strings.Count(head, "\n") + 3
	for i, line := range strings.Split(body, "\n") {
		if err := a.parseLine(line); err != nil {
			return a, fmt.Errorf("%s:%d:%w", file, first+i, err)
		}
	}
	return a, nil
}

// parseHead reads the YAML and checks what it says.
func (a *answer) parseHead(file, head string) error {
	doc, err := yamldoc.Read(file, []byte(head), a, "the head of an answer: title, error, what")
	if err != nil {
		return err
	}
	for _, c := range []struct {
		key       string
		bad       bool
		got, want string
	}{
		{"title", a.Title == "", "none", "what completes the sentence: the answer is a 502 when …"},
		{"what", a.What == "", "none", "a paragraph that explains it"},
		{
			"error", !slices.Contains(proxystatus.ErrorTypes(), a.Error), quoted(a.Error),
			"one of " + list(proxystatus.ErrorTypes()),
		},
		{"phase", !slices.Contains(catalog.Phases(), a.Phase), quoted(a.Phase), "one of " + list(catalog.Phases())},
		{"when", a.When != onRequest && a.When != onAccept, quoted(a.When), "request or accept"},
		{
			"every", a.Every < 0 || a.Every > 0 && a.When == onAccept, a.Every.String(),
			"more than 0, and an answer to a request",
		},
		{
			"body", a.Body != "" && a.Tolerated == "", quoted(a.Body),
			"none: it is what a client must get of an answer that is tolerated",
		},
	} {
		if c.bad {
			return fmt.Errorf("%s: %s: got %s, want %s", doc.At(c.key), c.key, c.got, c.want)
		}
	}
	return nil
}

func quoted[T ~string](v T) string {
	if v == "" {
		return "none"
	}
	return strconv.Quote(string(v))
}

func list[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, v := range all {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}
