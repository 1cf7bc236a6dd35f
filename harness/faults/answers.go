package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// suffix is that of an answer's file; the rest of its name is the fault's ID.
const suffix = ".answer"

func init() { catalog.RegisterLater(readAnswers) }

// readAnswers registers the fault of every file.
func readAnswers() {
	files, err := fs.Glob(fixtures.Answers(), "*"+suffix)
	if err != nil {
		panic(err) // Only a malformed pattern leads here.
	}
	for _, file := range files {
		text, err := fs.ReadFile(fixtures.Answers(), file)
		if err != nil {
			panic(err) // The files are embedded.
		}
		a, err := parseAnswer("fixtures/answers/"+file, string(text))
		if err != nil {
			panic(err)
		}
		a.register(strings.TrimSuffix(path.Base(file), suffix))
	}
}

// register makes the fault of the file whose name is id.
func (a answer) register(id string) {
	f := catalog.Fault{
		ID: id, Title: a.Title, What: a.What, Cause: cause.Bug, Type: a.Error, Phase: a.Phase, AfterHead: a.AfterHead,
		Made: "The upstream reads the request, answers with the bytes of fixtures/answers/" + id + suffix +
			", and closes.",
		Confirmed: "Gatequake's own request gets exactly those bytes, and the end of the connection.",
		Inject:    a.inject,
	}
	if a.Tolerated != "" {
		f.Tolerated = &record.Tolerance{Why: a.Tolerated, Body: a.Body}
	}
	switch {
	case a.Every > 0:
		f.Made = fmt.Sprintf("The upstream reads the request and sends the bytes of fixtures/answers/%s%s every "+
			"%s, until the client leaves.", id, suffix, a.Every)
		f.Confirmed = "Gatequake's own request gets exactly those bytes, and gets them again."
	case a.When == onAccept:
		f.Made = "A listener at the upstream's address sends the bytes of fixtures/answers/" + id + suffix +
			" as soon as a connection is made, and closes."
		f.Confirmed = "Gatequake's own connection on which nothing is sent gets exactly those bytes, and the end."
	}
	catalog.RegisterFault(f)
}

func (a answer) inject(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
	how := upstream.Canned{Bytes: a.bytes, Every: a.Every, Then: upstream.Close, Foreign: a.Foreign}
	if a.When == onAccept {
		options, err := b.StandIn()
		if err != nil {
			return nil, err
		}
		if err := b.Speakable(how); err != nil {
			return nil, err
		}
		_, undo, err := replace(ctx, b, func(at string) (*upstream.Port, error) {
			return upstream.SpeakFirst(at, a.bytes, options.TLS)
		})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: confirmBytes(b, "", a.bytes, io.EOF)}, nil
	}
	want, end := how.Stamped(confirmNonce), io.EOF
	if a.Every > 0 {
		want, end = bytes.Repeat(want, 2), nil
	}
	return misbehave(how, func(b *site.Bench) confirmation { return confirmBytes(b, confirmRequest, want, end) })(ctx, b)
}

// What an own request by hand looks like.
const (
	confirmNonce   = "confirmation"
	confirmRequest = http.MethodGet + " / HTTP/1.1\r\nHost: upstream\r\n" + stamp.Nonce + ": " +
		confirmNonce + "\r\n\r\n"
)

// confirmBytes confirms that a client that connects to the upstream's address and sends these bytes gets exactly the
// wanted ones, and then the wanted end: io.EOF, ECONNRESET, a deadline for silence, or nil when the end is not
// looked at.
func confirmBytes(b *site.Bench, send string, want []byte, end error) confirmation {
	return func(ctx context.Context) (string, error) {
		at := b.Plan.Upstream
		ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
		defer cancel()
		c, err := b.Dial(ctx)
		if err != nil {
			return "", err
		}
		defer func() { _ = c.Close() }()
		stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
		defer stop()
		if _, err := io.WriteString(c, send); err != nil {
			return "", err
		}
		got := make([]byte, len(want))
		if n, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
			return "", fmt.Errorf("ask %s: got %d bytes, %.80q (%w), want the %d bytes %.80q", at, n, got[:n], err,
				len(want), want)
		}
		told := fmt.Sprintf("Gatequake's own connection to %s: %d bytes, %.60q", at, len(got), got)
		if end == nil {
			return told, nil
		}
		if errors.Is(end, os.ErrDeadlineExceeded) {
			_ = c.SetReadDeadline(time.Now().Add(silenceWindow))
		}
		if n, err := c.Read(make([]byte, 1)); n > 0 || !errors.Is(err, end) {
			return "", fmt.Errorf("ask %s: got %d bytes more (%w) after the first %d, want %w", at, n, err,
				len(want), end)
		}
		return fmt.Sprintf("%s, then %v", told, end), nil
	}
}
