package faults

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// overgrown completes and registers an upstream whose head has that many kibibytes of fields.
func overgrown(f catalog.Fault, kib int) *catalog.Fault {
	f.Cause, f.Type, f.Phase = cause.Configuration, proxystatus.HTTPResponseHeaderSectionSize, catalog.AtOnce
	f.Made = fmt.Sprintf("The upstream answers a valid, stamped 200 with %d KiB of headers, in lines that each fit "+
		"everywhere.", kib)
	f.Confirmed = "Gatequake's own request is answered with a whole 200 whose head is that large."
	f.Inject = misbehave(upstream.BigHeaders{Bytes: kib << 10}, func(b *site.Bench) confirmation {
		return func(ctx context.Context) (string, error) { return bigHead(ctx, b, kib) }
	})
	return catalog.RegisterFault(f)
}

// bigHead confirms that an own request is answered with such a head.
func bigHead(ctx context.Context, b *site.Bench, kib int) (string, error) {
	r, _ := b.Direct(ctx, b.Plan.Upstream, 10*silenceWindow)
	size := 0
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	// Separators and the status line are not counted, hence the tenth.
	if r.Status != http.StatusOK || size < kib<<10*9/10 {
		return "", fmt.Errorf("ask %s: got %d with %d bytes of headers, want a 200 with about %d KiB", b.Plan.Upstream,
			r.Status, size, kib)
	}
	return fmt.Sprintf("Gatequake's own request to %s: 200 with some %d KiB of headers", b.Plan.Upstream, kib), nil
}

// The upstreams whose heads do not fit. The smaller is more than the buffers of every gateway by default (nginx
// 4 or 8 KiB, Apache 8 KiB, HAProxy 16 KiB, Varnish 32 KiB, Envoy 60 KiB); the larger is more than anybody means
// who raised a buffer.
var (
	HeadersTooLarge = overgrown(catalog.Fault{
		ID: "headers-too-large", Title: "the head of the upstream's answer is larger than the gateway's buffer",
		What: "Cookies pile up, or a debug header carries a stack trace, until the head no longer fits into the " +
			"gateway's buffer. The answer is valid; the gateway is not configured for it. How much is too much " +
			"differs from gateway to gateway.",
	}, 64)

	HeadersTooLarge300K = overgrown(catalog.Fault{
		ID:    "headers-too-large-300k",
		Title: "the head of the upstream's answer is larger than any buffer that was raised for it",
		What: "Raising the buffer helps until the head outgrows it again. A gateway without any bound keeps " +
			"whatever an upstream sends in memory, for each request at a time, and hands its clients heads that " +
			"they refuse in turn.",
	}, 300)
)
