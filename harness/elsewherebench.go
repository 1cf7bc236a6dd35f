package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// beyondLinks is why most faults do not apply to a gateway that runs elsewhere.
const beyondLinks = "it runs elsewhere, and this takes more than the links in front of its upstreams"

// RunElsewhere makes the experiment on a gateway that runs already, as Run does in a world. One at a time may run.
func (e Experiment) RunElsewhere(ctx context.Context, there *Elsewhere, d *gateway.Definition, setting string, p Policy) Verdict {
	return e.run(ctx, world.Outside(), Setup{Definition: d, Setting: setting, there: there}, p)
}

// cannotElsewhere tells why the experiment does not apply to a gateway that runs elsewhere, or "".
func (e Experiment) cannotElsewhere(door netip.AddrPort) string {
	if e.Block != nil {
		for _, ask := range e.Block.Refused {
			if why := cannotCome(ask.own.From, door); why != "" {
				return why
			}
		}
	}
	switch {
	case e.Fault == nil:
		return ""
	case !e.Fault.ByLink:
		return beyondLinks
	case e.State == Cold:
		return "it runs elsewhere, and is not ours to restart"
	}
	return ""
}

// cannotCome tells why no client of this machine can come to the door from the address, or "". Empty stands for any.
func cannotCome(from string, door netip.AddrPort) string {
	a, err := netip.ParseAddr(from)
	switch {
	case err != nil:
		return ""
	case !mine(a):
		return "no client of this machine can come from " + from
	case a.Is4() != door.Addr().Is4():
		return fmt.Sprintf("no client can come from %s to %s: one is an address of IPv4, the other of IPv6", from, door)
	}
	return ""
}

// mine reports whether the address is one of this machine's.
func mine(a netip.Addr) bool {
	l, err := net.Listen("tcp", netip.AddrPortFrom(a, 0).String())
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}

// Theirs reports whether the upstream is not ours: it cannot be told to misbehave, and only the link in front of it can be broken.
func (b *Bench) Theirs() bool { return b.there != nil }

// Answer is what an upstream says to an own request while nothing is broken.
type Answer struct {
	client.Response
	// Head is how many bytes the head has on the wire, All how many there are in all; 0 if that cannot be told.
	Head, All int64
	// Chunked is true when the body is sent in chunks.
	Chunked bool
}

// endOfHead ends the head of a message (RFC 9112, section 2.1).
var endOfHead = []byte("\r\n\r\n")

// Ordinary asks the upstream past the gateway, as own dials do. The status is that of the catalogue's upstream, 200, where that is what is there; elsewhere it is
// what the upstream of the user's has for the request. The error of one that gives no HTTP answer wraps errors.ErrUnsupported only if its link cannot be read:
// where it can, answers have come by it.
func (b *Bench) Ordinary(ctx context.Context) (Answer, error) {
	r, nonce := b.Direct(ctx, b.Plan.Upstream, patience)
	if r.Status == 0 {
		return Answer{}, unanswered(r, b.blind())
	}
	a := Answer{Response: r}
	if b.there != nil {
		for _, x := range b.there.span(b.ours.Upstream.Name).with(nonce) {
			if end := bytes.Index(x.Received, endOfHead); end > 0 {
				a.Head, a.All = int64(end+len(endOfHead)), x.ReceivedBytes
				a.Chunked = bytes.Contains(bytes.ToLower(x.Received[:end+len(endOfHead)]), []byte("\r\ntransfer-encoding: chunked\r\n"))
			}
		}
	}
	return a, nil
}

// unanswered is the error of an own request that got no HTTP answer, on a link that cannot be read or on one that can.
func unanswered(r client.Response, blind bool) error {
	if blind {
		return fmt.Errorf("own request to the upstream: %s: %w", r.End, inapplicable("an own request gets no HTTP answer from the upstream, so that nothing could be confirmed"))
	}
	return fmt.Errorf("own request to the upstream: got %s (%s), want an HTTP answer, as the gateway has had one", r.End, r.Error)
}

// asked is a request for the upstream itself: the one that the gateway asked it for, where that could be read.
func (b *Bench) asked(nonce string) client.Request {
	r := b.there.span(b.ours.Upstream.Name).asked[b.ours.Probe.Name].Request
	if r.Method == "" {
		r = client.Request{Method: "GET", Target: "/", Host: b.ours.Upstream.Name}
	}
	r.Header = append(slices.Clone(r.Header), client.Field{Name: upstream.NonceHeader, Value: nonce})
	return r
}

// theirsSound proves, without the gateway, that the upstream is reached through its link.
func (b *Bench) theirsSound(ctx context.Context) error {
	s := b.there.span(b.ours.Upstream.Name)
	_, err := b.Ordinary(ctx)
	if errors.Is(err, errors.ErrUnsupported) && s.blind {
		c, dialled := b.Dial(ctx)
		if err = dialled; err == nil {
			err = c.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("upstream %s: %w", s.Name, err)
	}
	return nil
}
