package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
)

// endOfHead ends the head of a message (RFC 9112, section 2.1).
var endOfHead = []byte("\r\n\r\n")

// remoteSite is a gateway that runs already, with the harness's links before its upstreams. In all that is not said here
// it is as one of the user's own in a world: the probes, and what is steady, are the user's to say.
type remoteSite struct {
	ownSite
	there *Elsewhere
}

// upstream is the link in front of the upstream that faults strike.
func (s *remoteSite) link() *span { return s.there.span(s.Upstream.Name) }

func (s *remoteSite) terms(t record.Terms, late bool) record.Terms {
	t = s.ownSite.terms(t, late)
	t.Opaque, t.Besides = s.opaque(), s.besides(late, nil) // The members have no stamps.
	return t
}

func (*remoteSite) watched() bool { return false }

func (s *remoteSite) nonce(int) string { return s.there.nonce() }

// wayOf leads to the gateway's own door, whatever the listeners: a probe's URL says by which name it is asked.
func (s *remoteSite) wayOf(p Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	probe := s.probe(p)
	if probe == nil {
		return s.b.way, s.b.door(source)
	}
	return s.way(probe), s.b.Plan.Gateway
}

func (s *remoteSite) healthy(r Route, o Observation) bool { return o.Served && s.ownSite.healthy(r, o) }

// wholePool is true of every experiment on a pool: the gateway may hold what was before against a member.
func (s *remoteSite) wholePool(state State) bool {
	return state == Balanced || len(s.Pool()) > 0 && s.membersVisible() == nil
}

func (s *remoteSite) membersVisible() error {
	if slices.ContainsFunc(s.memberNames(), func(name string) bool { return s.there.span(name).blind }) {
		return Inapplicable("which member of the pool serves a client cannot be read on the links")
	}
	return nil
}

// servers are those behind whose links the request was seen.
func (s *remoteSite) servers(o Observation) []string {
	all := []string{}
	for _, l := range s.there.spans {
		if len(l.with(o.Nonce)) > 0 {
			all = append(all, l.Name)
		}
	}
	return all
}

func (s *remoteSite) opaque() string {
	if s.link().blind {
		return "requests cannot be read on the link"
	}
	return ""
}

func (s *remoteSite) veil() string {
	if s.link().blind {
		return "a link that cannot be read"
	}
	return ""
}

// question is the request that the gateway asked the upstream for, where that could be read.
func (s *remoteSite) question(_ client.Request, nonce string) client.Request {
	r := s.link().asked[s.Probe.Name].Request
	if r.Method == "" {
		r = client.Request{Method: "GET", Target: "/", Host: s.Upstream.Name}
	}
	r.Header = append(slices.Clone(r.Header), client.Field{Name: stamp.Nonce, Value: nonce})
	return r
}

func (s *remoteSite) toUpstream(to netip.AddrPort) client.Way {
	way := s.ownSite.toUpstream(to)
	way.Protocol = s.link().asked[s.Probe.Name].speaks
	return way
}

func (s *remoteSite) exchanged(a *Answer, nonce string) {
	for _, x := range s.link().with(nonce) {
		if end := bytes.Index(x.Received, endOfHead); end > 0 {
			head := bytes.ToLower(x.Received[:end+len(endOfHead)])
			a.Head, a.All = int64(len(head)), x.ReceivedBytes
			a.Chunked = bytes.Contains(head, []byte("\r\ntransfer-encoding: chunked\r\n"))
		}
	}
}

func (*remoteSite) sockets(family string) string { return sockets(family) }

func (*remoteSite) theirs() bool { return true }

func (s *remoteSite) bystanderWay(ctx context.Context) error {
	return s.eachWay(ctx, func(ctx context.Context, u gateway.Upstream) error {
		return s.there.site(gateway.Target{Probe: *s.bystander, Upstream: u}).upstreamSound(ctx)
	})
}

func (s *remoteSite) sound(ctx context.Context) error {
	return errors.Join(s.upstreamSound(ctx), s.bystanderWay(ctx))
}

// upstreamSound proves, without the gateway, that the upstream is reached through its link.
func (s *remoteSite) upstreamSound(ctx context.Context) error {
	b, l := s.b, s.link()
	_, err := b.Ordinary(ctx)
	if errors.Is(err, errors.ErrUnsupported) && l.blind {
		c, dialled := b.Dial(ctx)
		if err = dialled; err == nil {
			err = c.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("upstream %s: %w", l.Name, err)
	}
	return nil
}
