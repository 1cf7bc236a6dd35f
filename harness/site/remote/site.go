package remote

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
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/site/own"
	"github.com/gatequake/gatequake/harness/sockets"
	"github.com/gatequake/gatequake/harness/stamp"
)

// endOfHead ends the head of a message (RFC 9112, section 2.1).
var endOfHead = []byte("\r\n\r\n")

// Site is a gateway that runs already, with the harness's links before its upstreams. The probes, and what is steady,
// are the user's to say, as with one of the user's own in a world; what takes a world it has not.
type Site struct {
	*own.Described
	running *Gateway
}

var _ interface {
	site.Kind
	site.Linker
	site.Socketer
	site.Pooler
	site.Tapper
	site.Obstructed
} = &Site{}

// upstream is the link in front of the upstream that faults strike.
func (s *Site) link() *tappedLink { return s.running.tapped(s.Upstream.Name) }

// Terms implements site.Kind.
func (s *Site) Terms(t record.Terms, late bool) record.Terms {
	t = s.Described.Terms(t, late)
	t.Opaque, t.Besides = s.Opaque(), s.Besides(late, nil) // The members have no stamps.
	return t
}

// Secrets implements site.Kind.
func (s *Site) Secrets() []site.Secret {
	all := []site.Secret{}
	for _, l := range s.Elsewhere.Links {
		all = slices.Concat(all, site.SecretsAt(l.Listen), site.SecretsAt(l.Upstream))
	}
	return all
}

// Nonce implements site.Kind.
func (s *Site) Nonce(int) string { return s.running.nonce() }

// WayOf leads to the gateway's own door, whatever the listeners: a probe's URL says by which name it is asked.
func (s *Site) WayOf(p site.Probe, source netip.Addr) (client.Way, netip.AddrPort) {
	probe := s.ProbeOf(p)
	if probe == nil {
		return s.B.Way, s.B.Door(source)
	}
	return s.Way(probe), s.B.Plan.Gateway
}

// Healthy implements site.Kind.
func (s *Site) Healthy(r site.Route, o record.Observation) bool {
	return o.Served && s.Described.Healthy(r, o)
}

// WholePool is true of every experiment on a pool: the gateway may hold what was before against a member.
func (s *Site) WholePool(state site.State) bool {
	return state == site.Balanced || len(s.Pool()) > 0 && s.MembersVisible() == nil
}

// MembersVisible implements site.Tapper.
func (s *Site) MembersVisible() error {
	if slices.ContainsFunc(s.MemberNames(), func(name string) bool { return s.running.tapped(name).opaque }) {
		return site.Inapplicable("which member of the pool serves a client cannot be read on the links")
	}
	return nil
}

// Servers are those behind whose links the request was seen.
func (s *Site) Servers(o record.Observation) []string {
	all := []string{}
	for _, l := range s.running.links {
		if len(l.with(o.Nonce)) > 0 {
			all = append(all, l.Name)
		}
	}
	return all
}

// Opaque implements site.Tapper.
func (s *Site) Opaque() string {
	if s.link().opaque {
		return "requests cannot be read on the link"
	}
	return ""
}

// Obstacle implements site.Obstructed.
func (s *Site) Obstacle() string {
	if s.link().opaque {
		return "a link that cannot be read"
	}
	return ""
}

// Question is the request that the gateway asked the upstream for, where that could be read.
func (s *Site) Question(_ client.Request, nonce string) client.Request {
	r := s.link().asked[s.Probe.Name].Request
	if r.Method == "" {
		r = client.Request{Method: "GET", Target: "/", Host: s.Upstream.Name}
	}
	r.Header = append(slices.Clone(r.Header), client.Field{Name: stamp.Nonce, Value: nonce})
	return r
}

// ToUpstream implements site.Kind.
func (s *Site) ToUpstream(to netip.AddrPort) client.Way {
	way := s.Described.ToUpstream(to)
	way.Protocol = s.link().asked[s.Probe.Name].speaks
	return way
}

// Exchanged implements site.Tapper.
func (s *Site) Exchanged(a *site.Answer, nonce string) {
	for _, x := range s.link().with(nonce) {
		if end := bytes.Index(x.Received, endOfHead); end > 0 {
			head := bytes.ToLower(x.Received[:end+len(endOfHead)])
			a.Head, a.All = int64(len(head)), x.ReceivedBytes
			a.Chunked = bytes.Contains(head, []byte("\r\ntransfer-encoding: chunked\r\n"))
		}
	}
}

// Sockets implements site.Socketer.
func (*Site) Sockets(f sockets.Family) []sockets.Socket { return site.SocketTable(f) }

// BystanderWay implements site.Kind.
func (s *Site) BystanderWay(ctx context.Context) error {
	return s.EachWay(ctx, func(ctx context.Context, u gateway.Upstream) error {
		return s.running.site(gateway.Target{Probe: *s.BystanderProbe, Upstream: u}).upstreamSound(ctx)
	})
}

// Sound implements site.Kind.
func (s *Site) Sound(ctx context.Context) error {
	return errors.Join(s.upstreamSound(ctx), s.BystanderWay(ctx))
}

// upstreamSound proves, without the gateway, that the upstream is reached through its link.
func (s *Site) upstreamSound(ctx context.Context) error {
	b, l := s.B, s.link()
	_, err := b.Ordinary(ctx)
	if errors.Is(err, errors.ErrUnsupported) && l.opaque {
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
