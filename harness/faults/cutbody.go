package faults

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// CloseMidBody is an upstream that closes in the middle of the body.
var CloseMidBody = catalog.RegisterFault(catalog.Fault{
	ID:    "close-mid-body",
	Title: "the upstream closes the connection in the middle of the body",
	Cause: cause.Network, Type: proxystatus.HTTPResponseIncomplete, Phase: catalog.AtOnce, AfterHead: true,
	What: "A quarter of the declared body has arrived when the connection ends in good order (FIN). Only the " +
		"declared length tells that something is missing: a gateway that passes the answer on must leave that " +
		"length in, or end its own connection short, so that the client can tell as well.",
	Made:      "The upstream declares 1 MiB, sends 256 KiB, and closes.",
	Confirmed: "Gatequake's own request gets a 200 whose body is cut.",
	Inject:    misbehave(upstream.Truncated{Declared: promised, Sent: delivered, Then: upstream.Close}, confirmCut),
	ByLink: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return short(ctx, b, "the upstream's answer has too short a body to be cut",
			func(a site.Answer) int64 { return a.Head + a.BodyBytes/2 })
	},
})

// ShortChunked is an upstream whose chunked body has no last chunk.
var ShortChunked = catalog.RegisterFault(catalog.Fault{
	ID:    "short-chunked",
	Title: "the upstream closes the connection before the last chunk",
	Cause: cause.Network, Type: proxystatus.HTTPResponseIncomplete, Phase: catalog.AtOnce, AfterHead: true,
	What: "A chunked body ends with a chunk of size 0 (RFC 9112, section 8); here the connection ends before it. " +
		"Every chunk that came is whole, so a gateway that does not miss the last one sees nothing wrong, and adds " +
		"one of its own.",
	Made:      "The upstream sends one chunk of 256 KiB, and closes.",
	Confirmed: "Gatequake's own request gets a 200 whose body is cut.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		chunk := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\n%s: %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%0*d\r\n",
			stamp.Answer, upstream.NonceMark, delivered, delivered, 0)
		return misbehave(upstream.Canned{Bytes: chunk, Then: upstream.Close}, confirmCut)(ctx, b)
	},
	ByLink: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		return short(ctx, b, "the upstream's answer has no chunks, the last of which could be missing",
			func(a site.Answer) int64 {
				if !a.Chunked {
					return a.Head
				}
				return a.All - int64(len("0\r\n\r\n"))
			})
	},
})

// confirmCut confirms that a request straight to the upstream's address gets a 200 whose body visibly breaks off.
func confirmCut(b *site.Bench) confirmation {
	return func(ctx context.Context) (string, error) {
		r, _ := b.Direct(ctx, b.Plan.Upstream, 10*silenceWindow)
		if r.Status != http.StatusOK || r.End != client.Truncated || r.BodyBytes == 0 {
			return "", fmt.Errorf("ask %s: got %d %s with %d bytes, want a 200 cut in its body", b.Plan.Upstream,
				r.Status, r.End, r.BodyBytes)
		}
		return fmt.Sprintf("Gatequake's own request to %s: 200, cut after %d bytes", b.Plan.Upstream, r.BodyBytes), nil
	}
}
