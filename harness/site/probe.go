package site

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/wording"
)

// Probe is one request through the gateway.
type Probe struct {
	// Route and Ask.Path say where to; the path counts if it is there.
	Route Route
	Ask   Ask
	// Method is that of Ask if empty, and that of every client of the route, GET but for gRPC, if that is empty too.
	Method string
	// Within is how long the client waits for the whole answer.
	Within time.Duration
	// Idle, if not zero, is how long the client waits after the answer to a GET before it sends the request, on the
	// same connection, or on a new one if the gateway has ended that; Within begins then.
	Idle time.Duration
	// Sent, if not nil, is called when the request is on its way, or never will be.
	Sent func()
}

// ProbeBody is what a POST carries.
const ProbeBody = "a thing that must not be bought twice\n"

// Patience is how long a client waits for an answer when nothing is wrong: generous, because nothing depends on it
// but the end of a hang.
const Patience = 10 * time.Second

// Get asks the main route once, or another path of the same gateway, as an ordinary client would, and waits at most
// ten seconds.
func (b *Bench) Get(ctx context.Context, path ...string) record.Observation {
	return b.Probe(ctx, Probe{Method: http.MethodGet, Ask: Ask{Path: strings.Join(path, "")}, Within: Patience})
}

// Probe sends one request through the gateway, on a connection of its own, and records what came of it. Hits are
// counted up to now; see Bench.HitsOf.
func (b *Bench) Probe(ctx context.Context, p Probe) record.Observation {
	span := b.Strain.Begin()
	o := b.probe(ctx, p)
	o.Steady = b.Healthy(p.Route, o)
	o.LateMS = record.MS(b.Strain.Late(span))
	return o
}

func (b *Bench) probe(ctx context.Context, p Probe) record.Observation {
	r, source, o := b.Begin(p)
	nonce := o.Nonce
	within, cancel := context.WithTimeout(ctx, p.Within)
	defer cancel()
	o.Began = time.Now()
	way, door := b.WayOf(p, source)
	c, err := way.Open(within, door, source)
	if err != nil {
		if p.Sent != nil {
			p.Sent()
		}
		Unconnected(&o, err)
		return o
	}
	defer func() { _ = c.Close() }()
	if p.Idle > 0 {
		nonce, first := b.idle(ctx, c, p)
		if first.Status == 0 {
			o.Nonce = nonce
			Fill(&o, first) // There is no other answer to show.
			b.Attribute(&o, p)
			o.Hits = b.HitsOf(nonce)
			return o
		}
		within, cancel = context.WithTimeout(ctx, p.Within)
		defer cancel()
		if !first.Keep {
			again, err := way.Open(within, door, source)
			if err != nil {
				Unconnected(&o, err)
				return o
			}
			defer func() { _ = again.Close() }()
			c = again
		}
	}
	o.Began = time.Now()
	Fill(&o, b.Talk(p).Exchange(within, c, r))
	b.Attribute(&o, p)
	if o.Answered() {
		o.After = b.after(ctx, c, o, source, p.Route)
	}
	o.Hits = b.HitsOf(nonce)
	return o
}

// Begin returns the request that the probe sends, the address that it comes from, and the record that is to be made
// of it.
func (b *Bench) Begin(p Probe) (client.Request, netip.Addr, record.Observation) {
	r, source := b.Request(p)
	o := record.Observation{
		Probe: r.Method + " " + r.Target,
		Nonce: r.Header[0].Value,
		Sent:  SentBy(r),
		Limit: record.MS(p.Within),
	}
	if p.Ask.As != "" {
		o.Probe = r.Method + " " + p.Ask.As
	}
	return r, source, o
}

// Unconnected records that no connection came about.
func Unconnected(o *record.Observation, err error) {
	o.End, o.Error, o.Took, o.Done = client.EndOf(err), err.Error(), record.MS(time.Since(o.Began)), time.Now()
}

// idle asks for the route on c, and waits p.Idle after the answer. A connection that the gateway closes meanwhile was
// not left open, whatever the answer said: it may do so at any time (RFC 9112, section 9.5).
func (b *Bench) idle(ctx context.Context, c *client.Conn, p Probe) (nonce string, first client.Response) {
	ctx, cancel := context.WithTimeout(ctx, Patience+p.Idle)
	defer cancel()
	r, _ := b.Request(Probe{Route: p.Route})
	if first = c.Do(ctx, r); first.Status != 0 {
		select {
		case <-ctx.Done():
		case <-time.After(p.Idle):
		}
		first.Keep = first.Keep && !c.Ended()
	}
	return r.Header[0].Value, first
}

// method is the one that is sent.
func (p Probe) method() string {
	return cmp.Or(p.Method, p.Ask.Method, p.Route.Methods()[0])
}

// path is the one that is asked for.
func (p Probe) path() string { return cmp.Or(p.Ask.Path, p.Route.Path()) }

// Request is what the client of the probe sends, and where it comes from.
func (b *Bench) Request(p Probe) (client.Request, netip.Addr) {
	b.mu.Lock()
	b.nonces++
	nonce := b.Nonce(b.nonces)
	b.mu.Unlock()
	r := client.Request{
		Method: p.method(),
		Target: p.path(),
		Host:   GatewayHost,
		Sent:   p.Sent,
		Header: []client.Field{
			{Name: stamp.Nonce, Value: nonce},
			{Name: "User-Agent", Value: p.Ask.Agent.String()},
			{Name: "Accept", Value: "*/*"},
		},
	}
	if p.Ask.Claims != Anyone {
		claimed := b.Plan.Clients[p.Ask.Claims].String()
		r.Header = append(
			r.Header,
			client.Field{Name: "X-Forwarded-For", Value: claimed},
			client.Field{Name: "X-Real-IP", Value: claimed},
			client.Field{Name: "Forwarded", Value: "for=" + claimed},
		)
	}
	r.Header = append(r.Header, p.Ask.Header...)
	if r.Method == http.MethodPost && b.Talk(p) != RouteGRPC {
		r.Header = append(r.Header, client.Field{Name: "Content-Type", Value: "text/plain"})
		r.Body = []byte(ProbeBody)
	}
	return r, b.Dress(&r, p, b.Plan.Clients[p.Ask.From])
}

// shownBody is how much of a body stands in a record: more than any error page needs.
const shownBody = 2 << 10

// Fill copies what the client recorded.
func Fill(o *record.Observation, r client.Response) {
	o.Done = time.Now()
	o.Status, o.Header, o.End, o.Error = r.Status, r.Header, r.End, r.Error
	o.Page = r.Body
	o.Body, o.BodyBytes = string(r.Body[:min(len(r.Body), shownBody)]), r.BodyBytes
	o.Connect, o.TLS, o.First, o.Head, o.Took = record.MS(
		r.Connect,
	), record.MS(
		r.Handshake,
	), record.MS(
		r.First,
	), record.MS(
		r.Head,
	), record.MS(
		r.Took,
	)
	o.Keep, o.Heard, o.GRPC = r.Keep, heard(r), statusOf(r)
	o.Says, _ = wording.Classify(r.Status, r.Header, r.Body)
	switch {
	case r.Status == 0:
		o.By = record.ByNobody
	case r.Header.Get(stamp.Answer) == o.Nonce && r.Header.Get(stamp.Origin) == record.IntermediaryName:
		o.By = record.ByIntermediary
	case r.Header.Get(stamp.Answer) == o.Nonce:
		o.By = record.ByUpstream
	default:
		o.By = record.ByGateway
	}
}

// SentBy is all that the client said of whom it asks for what: an answer may say that back.
func SentBy(r client.Request) string {
	all := []string{r.Target, r.Host}
	for _, f := range r.Header {
		all = append(all, f.Value)
	}
	return strings.Join(append(all, string(r.Body)), "\n")
}
