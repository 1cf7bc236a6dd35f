package faults

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/upstream"
)

// answer is one file of fixtures/answers: a YAML head, a line of three dashes, and the bytes that the upstream sends. In the bytes a line end of the file
// means nothing; \r, \n, \t, \\ and \xNN stand for what they do in Go.
type answer struct {
	Title string            `yaml:"title"`
	Error harness.ErrorType `yaml:"error"`
	What  string            `yaml:"what"`
	// Phase is when the gateway can tell; at once if empty.
	Phase harness.Phase `yaml:"phase"`
	bytes []byte
}

// suffix is that of an answer's file; the rest of its name is the fault's ID.
const suffix = ".answer"

func init() {
	files, err := fs.Glob(fixtures.Answers(), "*"+suffix)
	if err != nil {
		panic(err) // Only a malformed pattern leads here.
	}
	for _, file := range files {
		text, err := fs.ReadFile(fixtures.Answers(), file)
		if err != nil {
			panic(err) // The files are embedded.
		}
		a, err := parseAnswer(string(text))
		if err != nil {
			panic(fmt.Sprintf("fixtures/answers/%s: %v", file, err))
		}
		a.register(strings.TrimSuffix(path.Base(file), suffix))
	}
}

func (a answer) register(id string) {
	if a.Phase == "" {
		a.Phase = harness.AtOnce
	}
	harness.RegisterFault(harness.Fault{
		ID: id, Title: a.Title, What: a.What, Cause: harness.Bug, Type: a.Error, Phase: a.Phase,
		Made:      "The upstream reads the request, answers with the bytes of fixtures/answers/" + id + suffix + ", and closes.",
		Confirmed: "An own request gets exactly those bytes, and the end of the connection.",
		Inject: misbehave(upstream.Raw{Bytes: a.bytes, Then: upstream.Close}, func(b *harness.Bench) confirmation {
			return func(ctx context.Context) (string, error) { return sends(ctx, b, a.bytes) }
		}),
	})
}

// sends confirms that a request is answered with exactly these bytes.
func sends(ctx context.Context, b *harness.Bench, want []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*quiet)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", b.Plan.Upstream.String())
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := fmt.Fprintf(c, "%s / HTTP/1.1\r\nHost: upstream\r\n\r\n", http.MethodGet); err != nil {
		return "", err
	}
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, want) {
		return "", fmt.Errorf("ask %s: got %d bytes, %.80q (%w), want the %d bytes of the file", b.Plan.Upstream, len(got), got, err, len(want))
	}
	return fmt.Sprintf("own request to %s: %d bytes, %.60q, and the end", b.Plan.Upstream, len(got), got), nil
}

func parseAnswer(text string) (a answer, err error) {
	head, body, found := strings.Cut(text, "\n---\n")
	if !found {
		return a, fmt.Errorf("got no line of three dashes, want one between the head and the bytes")
	}
	if err := yaml.UnmarshalWithOptions([]byte(head), &a, yaml.Strict()); err != nil {
		return a, err
	}
	for i, line := range strings.Split(body, "\n") {
		for line != "" {
			r, multibyte, rest, err := strconv.UnquoteChar(line, 0)
			if err != nil {
				return a, fmt.Errorf("line %d: got %q, want \\r, \\n, \\t, \\\\ or \\xNN", i+strings.Count(head, "\n")+3, line)
			}
			if multibyte {
				a.bytes = append(a.bytes, string(r)...)
			} else {
				a.bytes = append(a.bytes, byte(r))
			}
			line = rest
		}
	}
	return a, nil
}
