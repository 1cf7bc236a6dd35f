package faults

import (
	"context"
	"io"
	"os"
	"syscall"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// halfHead is the beginning of an answer: in the middle of a field's name, so that nobody can take it for a whole head.
const halfHead = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Le"

// halted completes and registers an upstream at the upstream's address that sends half a head and then ends the
// connection as then says, with no link between. The confirmation is half a head, and the end.
func halted(f catalog.Fault, then upstream.End, end error) *catalog.Fault {
	f.Cause = cause.Network
	f.Inject = func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := behave(ctx, b, upstream.Raw{Bytes: []byte(halfHead), Then: then})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: confirmBytes(b, confirmRequest, []byte(halfHead), end)}, nil
	}
	return catalog.RegisterFault(f)
}

// ResetMidHeaders is an upstream that resets in the middle of the head.
var ResetMidHeaders = halted(catalog.Fault{
	ID:    "reset-mid-headers",
	Title: "the upstream resets the connection in the middle of the head of its answer",
	Type:  proxystatus.ConnectionTerminated, Phase: catalog.AtOnce,
	What: "A status line that says 200 has arrived, and some of the head, when the connection is reset. There is " +
		"no answer yet: nothing of it may be passed on, and the 200 that was read is worth nothing.",
	Made: "An upstream at the upstream's address that sends half a head and closes with SO_LINGER 0 when it is " +
		"acknowledged.",
	Confirmed: "Gatequake's own request gets the half head, and ECONNRESET.",
}, upstream.Reset, syscall.ECONNRESET)

// CloseMidHeaders is an upstream that closes in the middle of the head.
var CloseMidHeaders = halted(catalog.Fault{
	ID:    "close-mid-headers",
	Title: "the upstream closes the connection in the middle of the head of its answer",
	Type:  proxystatus.HTTPResponseIncomplete, Phase: catalog.AtOnce,
	What: "A status line that says 200 has arrived, and some of the head, when the connection ends in good order " +
		"(FIN). A gateway that takes the end of the connection for the end of the head makes a whole answer of " +
		"half of one.",
	Made:      "An upstream at the upstream's address that sends half a head and closes.",
	Confirmed: "Gatequake's own request gets the half head, and the end of the connection.",
	ByLink: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return short(ctx, b, "", func(site.Answer) int64 { return int64(len("HTTP/1.1 200")) })
	},
}, upstream.Close, io.EOF)

// SilentMidHeaders is an upstream that stops in the middle of the head.
var SilentMidHeaders = halted(catalog.Fault{
	ID:    "silent-mid-headers",
	Title: "the upstream falls silent in the middle of the head of its answer",
	Type:  proxystatus.HTTPResponseTimeout, Phase: catalog.Responding,
	What: "Half a head has arrived and nothing more comes; the connection stands. A gateway whose timeout ends " +
		"with the first byte of an answer waits for the second half for ever.",
	Made:      "An upstream at the upstream's address that sends half a head and does nothing more.",
	Confirmed: "Gatequake's own request gets the half head, and then silence.",
}, upstream.Keep, os.ErrDeadlineExceeded)

// CloseOnAccept is an upstream that closes every connection at once.
var CloseOnAccept = catalog.RegisterFault(catalog.Fault{
	ID:    "close-on-accept",
	Title: "the upstream closes the connection as soon as it is made",
	Cause: cause.Network, Type: proxystatus.HTTPResponseIncomplete, Phase: catalog.AtOnce,
	What: "A TCP wrapper or a balancer in front of nothing takes the connection and ends it in good order, with " +
		"nothing read. To a gateway it looks like an idle connection that was closed; but this one was new, and " +
		"the next one is closed too.",
	Made:      "A listener at the upstream's address that closes each connection as soon as it has accepted it.",
	Confirmed: "Gatequake's own request gets the end of the connection and nothing before it.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		_, undo, err := replace(ctx, b, upstream.CloseOnAccept)
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: confirmEnd(b, b.Plan.Upstream, client.Closed)}, nil
	},
})
