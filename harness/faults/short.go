package faults

import (
	"context"
	"fmt"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/site"
)

// short lets the link end the connection when as much of an answer by an upstream that is not the harness's has
// passed as of says. Where a head ends must be told for that, and if no more than the head is to pass the fault
// does not apply, for the reason why.
func short(ctx context.Context, b *site.Bench, why string, of func(site.Answer) int64) (*catalog.Injection, error) {
	a, err := b.Ordinary(ctx)
	if err != nil {
		return nil, err
	}
	n := of(a)
	switch {
	case a.Head == 0:
		return nil, site.Inapplicable("what passes the link cannot be read, so that it cannot be told where a head " +
			"ends")
	case n > a.Head && a.End == client.Unframed:
		return nil, site.Inapplicable("nothing but the end of its connection ends the upstream's answer, so that " +
			"nobody could tell that it is cut (RFC 9112, section 6.3)")
	case n == a.Head:
		return nil, site.Inapplicable(why)
	}
	return toxic(ctx, b, link.Limit{Bytes: n}, func(ctx context.Context) (string, error) {
		r, _ := b.Direct(ctx, b.Plan.Upstream, 10*silenceWindow)
		if r.End != client.Truncated || (r.Status != 0) != (n > a.Head) {
			return "", fmt.Errorf("ask %s: got %d %s with %d bytes of body, want one that is cut after %d bytes in all",
				b.Plan.Upstream, r.Status, r.End, r.BodyBytes, n)
		}
		return fmt.Sprintf("Gatequake's own request to %s: cut after %d bytes in all, of which %d are the "+
			"head's", b.Plan.Upstream,
			n, min(n, a.Head)), nil
	})
}
