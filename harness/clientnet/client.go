package clientnet

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// Home is a client's home network before the bench's gateway, and somebody there with a browser.
type Home struct {
	*Network
	// Through is the VPN that the browser is told to use; nil if none.
	Through *VPN
	// Secure lets the browser speak TLS with the gateway, whose certificate it verifies. Not every gateway's folder
	// has a listener for that.
	Secure bool

	bench *site.Bench
}

// HomeOf builds a home network whose router has the client's address; until the Home is closed nobody else can come
// from there. Sealed worlds only, and not for a gateway of the user's own, which has a machine, and perhaps a name,
// of its own.
func HomeOf(b *site.Bench, who site.Client) (*Home, error) {
	public, err := site.As[site.Homely](b, "the home network leads to the known gateways' address")
	if err != nil {
		return nil, err
	}
	name, at := public.Public()
	n, err := New(b.World, Site{Name: name, At: at}, b.Plan.Clients[who])
	if err != nil {
		return nil, err
	}
	return &Home{Network: n, bench: b}, nil
}

// VPN starts a VPN whose exit has the client's address, and returns the same home with the browser told to use it.
func (h *Home) VPN(who site.Client) (*Home, error) {
	v, err := h.NewVPN(h.bench.Plan.Clients[who])
	if err != nil {
		return nil, err
	}
	return &Home{Network: h.Network, Through: v, bench: h.bench}, nil
}

// Get asks for the main route once, and waits at most ten seconds.
func (h *Home) Get(ctx context.Context) record.Observation {
	return h.Probe(ctx, site.Probe{Within: site.Patience})
}

// Probe sends one request from the browser, on an idle connection if there is one, and records what came of it. By is
// ByForwardProxy for what the tap did not hear the site send; where it cannot read (HTTP/2, TLS) an answer is taken
// for the gateway's, which over TLS is proved by its certificate.
func (h *Home) Probe(ctx context.Context, p site.Probe) record.Observation {
	b := h.bench
	r, _, o := b.Begin(p)
	within, cancel := context.WithTimeout(ctx, p.Within)
	defer cancel()
	way, to := h.destination(p)
	if h.Through != nil && !h.Secure {
		r.Target = "http://" + site.GatewayHost + r.Target
	}
	mark, tapErr := h.Tap.Mark()
	o.Began = time.Now()
	answer := h.Browser.Ask(
		within,
		to,
		way,
		func(c *client.Conn) client.Response { return p.Route.Exchange(within, c, r) },
	)
	answer.Took = cmp.Or(answer.Took, time.Since(o.Began)) // No connection came about.
	site.Fill(&o, answer)
	o.Hits = b.HitsOf(o.Nonce)
	if o.By != record.ByGateway || way.Protocol != client.HTTP11 || way.TLS != nil {
		return o
	}
	tapped, err := h.Tap.Since(mark, o.Nonce)
	switch err := errors.Join(tapErr, err); {
	case err != nil:
		o.By, o.Error = "unheard", err.Error() // An author that no check knows: nothing is concluded from it.
	case !slices.Contains(tapped.Sent, o.Status):
		o.By = record.ByForwardProxy
	}
	return o
}

// destination is where the probe is sent, and in which protocol: a probe in plain text goes to the VPN, if there is
// one, and a probe in TLS through a tunnel of the VPN.
func (h *Home) destination(p site.Probe) (client.Way, Destination) {
	way, listener := h.bench.WayOf(p, h.EgressIP)
	if h.Secure {
		way, listener = client.Way{
			TLS: &tls.Config{RootCAs: h.bench.Authority.Pool(), ServerName: site.GatewayHost},
		}, h.bench.Plan.GatewayTLS
	}
	to := Destination{Name: site.GatewayHost, Port: listener.Port(), Protocol: way.Protocol}
	switch {
	case h.Through == nil:
		return way, to
	case h.Secure:
		to.Via = h.Through.At()
		return way, to
	}
	return client.Way{}, h.Through.Destination()
}

// Warm lets the browser look the gateway's name up and open a connection for the probe, with no request on it: the
// devices of the home have state then to lose.
func (h *Home) Warm(ctx context.Context, p site.Probe) error {
	ctx, cancel := context.WithTimeout(ctx, site.Patience)
	defer cancel()
	way, to := h.destination(p)
	conn, err := h.Browser.Connect(ctx, to, way)
	if err != nil {
		return fmt.Errorf("connect from home: %w", err)
	}
	h.Browser.Keep(to, conn)
	return nil
}

// Observe sends a request that is large enough for the fault, waits for so long, and returns what the client saw, and
// what the client, the tap at the site, and another client that comes another way saw together.
func (h *Home) Observe(
	ctx context.Context,
	f *Fault,
	method string,
	within time.Duration,
) (record.Observation, Outcome, error) {
	ask := site.Ask{}
	if f.MinRequestBytes > 0 {
		ask.Header = []client.Field{{Name: "Cookie", Value: "cart=" + strings.Repeat("x", f.MinRequestBytes)}}
	}
	mark, err := h.Tap.Mark()
	if err != nil {
		return record.Observation{}, Outcome{}, err
	}
	o := h.Probe(ctx, site.Probe{Ask: ask, Method: method, Within: within})
	other := h.bench.Get(ctx)
	tapped, err := h.Tap.Since(mark, o.Nonce)
	s := Outcome{
		TapRecord:   tapped,
		Status:      o.Status,
		BySite:      o.By == record.ByGateway || o.By == record.ByUpstream,
		OtherClient: other.Status,
	}
	if other.Status == http.StatusOK && !other.Healthy() {
		s.OtherClient = 0
	}
	return o, s, err
}

// AskAfter lets the visitor ask again from a home network with the visitor's own address, after a remedy was applied to
// the devices there or to the provider's. Before that the devices have state to lose: a name, a connection, neighbours.
// The way is proved to be good by a request on the bystander's route.
func AskAfter(ctx context.Context, v *site.Session, r Remedy) (o record.Observation, err error) {
	v.Disconnect()
	h, err := HomeOf(v.Bench, v.Asks.Ask.From)
	if err != nil {
		return o, err
	}
	defer h.Close()
	if err := h.Warm(ctx, v.Asks); err != nil {
		return o, err
	}
	if err := r.Try(ctx, h.Network); err != nil {
		return o, fmt.Errorf("%s: %w", r.ID, err)
	}
	o = h.Probe(ctx, v.Asks)
	h.Browser.Disconnect() // Whatever the failure left on a connection says nothing about the way.
	if way := h.Probe(
		ctx,
		site.Probe{Route: site.RouteBystander, Within: site.Patience},
	); !way.Answered() ||
		way.By == record.ByForwardProxy {
		return o, fmt.Errorf(
			"ask the bystander from home: got %s (%s), want any answer of the site's",
			way,
			way.Error,
		)
	}
	return o, nil
}
