package faults

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// forged is what stands behind the declared end of the answer: an answer of its own, for the client whose request
// comes next on the connection. It has no upstream's stamp.
const forged = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nforged\n"

// WrongLengthBody is an upstream that sends more than it declares.
var WrongLengthBody = catalog.RegisterFault(catalog.Fault{
	ID:      "wrong-length-body",
	Title:   "the upstream sends more body than it declares (control: the surplus reaches nobody)",
	Cause:   cause.Bug,
	Control: &record.Expectation{Statuses: []int{http.StatusOK}, By: record.ByUpstream},
	Phase:   catalog.AtOnce,
	What: "A length that was counted in characters and sent in bytes: the answer is whole at its declared length, " +
		"and more follows, on a connection that stays. The gateway passes the answer on without the surplus. What " +
		"it must not do is keep the connection and take the surplus for the answer to the next request, perhaps " +
		"another client's (RFC 9112, section 6.3): here it has the very form of one.",
	Made: "The upstream appends a whole forged 200 to each of its answers, in the same write, and keeps the " +
		"connection. Before each probe another client's request has brought such an answer to the gateway, which " +
		"may have kept that connection.",
	Confirmed: "Gatequake's own request gets a whole 200; a second one on the same connection gets the forged one, " +
		"which nobody stamped.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		origin, err := b.Scripted()
		if err != nil {
			return nil, err
		}
		how := upstream.Surplus{Bytes: []byte(forged)}
		if err := b.Speakable(how); err != nil {
			return nil, err
		}
		undo := origin.Behave(how)
		return &catalog.Injection{
			Undo: func(context.Context) error { undo(); return nil },
			Rearm: func(ctx context.Context) error {
				if o := b.Get(ctx); o.Status == 0 {
					return fmt.Errorf("ask as another client: got %s, want an answer", o)
				}
				return nil
			},
			Confirm: func(ctx context.Context) (string, error) { return poisons(ctx, b) },
		}, nil
	},
})

// poisons confirms that who believes the second answer on a connection gets the forged one.
func poisons(ctx context.Context, b *site.Bench) (string, error) {
	at := b.Plan.Upstream
	ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	c, err := b.Open(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	r := client.Request{
		Method: http.MethodGet, Target: "/", Host: "upstream",
		Header: []client.Field{{Name: stamp.Nonce, Value: confirmNonce}},
	}
	for i, want := range []string{confirmNonce, ""} {
		answer := c.Do(ctx, r)
		if answer.Status != http.StatusOK || answer.End != client.Complete || answer.Header.Get(stamp.Answer) != want {
			return "", fmt.Errorf("ask %s: answer %d: got %d %s stamped %q, want a whole 200 stamped %q", at, i+1,
				answer.Status, answer.End, answer.Header.Get(stamp.Answer), want)
		}
	}
	return fmt.Sprintf("two own requests on a connection to %s: the second is answered by the surplus of the first",
		at), nil
}
