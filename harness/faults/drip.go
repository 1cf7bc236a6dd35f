package faults

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// drip is the pause after each byte. It is a tenth of the gateways' read timeouts, so that one that counts from
// the last byte never strikes, and the head has some 200 bytes, so that it takes twenty times as long as any of them.
const drip = 100 * time.Millisecond

// SlowDrip is an upstream whose answer comes one byte at a time.
var SlowDrip = catalog.RegisterFault(catalog.Fault{
	ID:    "slow-drip",
	Title: "the upstream sends the head of its answer one byte at a time",
	Cause: cause.Overload, Type: proxystatus.HTTPResponseTimeout, Phase: catalog.Responding, Late: true,
	What: "An upstream that is starved of processor time, or of good will, sends a byte, waits, and sends the " +
		"next. A timeout that counts from the last byte never strikes: the head is on its way for as long as the " +
		"upstream likes, and so is the client's request.",
	Made:      "The upstream writes a valid answer byte by byte, a tenth of a second apart.",
	Confirmed: "Gatequake's own request gets bytes, few, one after the other, and the head is far from whole.",
	Inject: misbehave(upstream.Drip{Every: drip}, func(b *site.Bench) confirmation {
		return func(ctx context.Context) (string, error) { return drips(ctx, b) }
	}),
})

// drips confirms that the answer to a request begins, and comes no faster than it should.
func drips(ctx context.Context, b *site.Bench) (string, error) {
	at := b.Plan.Upstream
	c, err := b.Dial(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, confirmRequest); err != nil {
		return "", err
	}
	begin := time.Now()
	// A busy machine may be late with the first bytes, and let a deadline strike late.
	_ = c.SetDeadline(begin.Add(30 * silenceWindow))
	got, err := io.CopyN(io.Discard, c, 2)
	if err == nil {
		_ = c.SetDeadline(time.Now().Add(silenceWindow))
		var more int64
		more, err = io.Copy(io.Discard, c)
		got += more
	}
	took := time.Since(begin)
	if most := int64(took/drip) + 2; !errors.Is(err, os.ErrDeadlineExceeded) || got < 2 || got > most {
		return "", fmt.Errorf("ask %s: got %d bytes in %s (%w), want 2 to %d, and more to come", at, got,
			took.Round(time.Millisecond), cmp.Or(err, io.EOF), most)
	}
	return fmt.Sprintf("Gatequake's own request to %s: the first bytes of a head, %s apart", at, drip), nil
}
