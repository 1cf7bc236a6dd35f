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
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/world"
)

// beyondLinks is why most faults do not apply to a gateway that runs elsewhere.
const beyondLinks = "it runs elsewhere, and this takes more than the links in front of its upstreams"

// RunElsewhere makes the experiment on a gateway that runs already, as Run does in a world. One at a time may run.
func (e Experiment) RunElsewhere(ctx context.Context, there *Elsewhere, d *gateway.Definition, setting string) record.Record {
	return e.run(ctx, world.Outside(), Setup{Definition: d, Setting: setting, there: there})
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
func (b *Bench) Theirs() bool { return b.site.theirs() }

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
		return Answer{}, unanswered(r, b.site.opaque() != "")
	}
	a := Answer{Response: r}
	b.site.exchanged(&a, nonce)
	return a, nil
}

// unanswered is the error of an own request that got no HTTP answer, on a link that cannot be read or on one that can.
func unanswered(r client.Response, blind bool) error {
	if blind {
		return fmt.Errorf("own request to the upstream: %s: %w", r.End, inapplicable("an own request gets no HTTP answer from the upstream, so that nothing could be confirmed"))
	}
	return fmt.Errorf("own request to the upstream: got %s (%s), want an HTTP answer, as the gateway has had one", r.End, r.Error)
}

// remoteSite is a gateway that runs already, with the harness's links before its upstreams. In all that is not said here
// it is as one of the user's own in a world: the probes, and what is steady, are the user's to say.
type remoteSite struct {
	ownSite
	there *Elsewhere
}

// upstream is the link in front of the upstream that faults strike.
func (s *remoteSite) link() *span { return s.there.span(s.Upstream.Name) }

func (s *remoteSite) terms(t record.Terms, f *Fault) record.Terms {
	t = s.ownSite.terms(t, f)
	if t.Opaque = s.opaque(); f != nil {
		t.Besides = s.besides(f, nil) // The members have no stamps.
	}
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
		return inapplicable("which member of the pool serves a client cannot be read on the links")
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
