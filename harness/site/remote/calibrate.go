package remote

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/stamp"
)

// Calibrate asks for each probe while nothing is broken, and notes what the answer is like and which links it passes.
// It writes into the gateway's description what that did not say: the steady status of a probe, and the upstreams that
// it touches. The error says what is missing for an experiment.
func (e *Gateway) Calibrate(ctx context.Context) error {
	for _, s := range e.links {
		c, err := (&net.Dialer{Timeout: site.Patience}).DialContext(ctx, "tcp", s.Upstream.String())
		if err != nil {
			return fmt.Errorf("link %s: its upstream: %w; start it first", s.Name, err)
		}
		_ = c.Close()
	}
	for i := range e.own.Probes {
		if err := e.calibrate(ctx, &e.own.Probes[i]); err != nil {
			return fmt.Errorf("probe %s: %w", e.own.Probes[i].Name, err)
		}
	}
	for i := range e.own.Upstreams {
		u := &e.own.Upstreams[i]
		u.TLS = slices.ContainsFunc(e.tapped(u.Name).tap.Since(time.Time{}), handshake)
	}
	return nil
}

// handshake reports whether the exchange begins as TLS does (RFC 8446, section 5.1: a record of type 22).
func handshake(x link.Exchange) bool { return len(x.Sent) > 1 && x.Sent[0] == 22 && x.Sent[1] == 3 }

// most is how often a probe is asked for to see which of several members of a pool serve it, and whether its answer
// is the same each time.
const most = 8

func (e *Gateway) calibrate(ctx context.Context, p *gateway.Probe) error {
	if why := site.CannotCome(p.From, e.own.Elsewhere.Door); why != "" {
		return fmt.Errorf("from: %s", why)
	}
	first, begun, err := e.steady(ctx, p)
	if err != nil {
		return err
	}
	p.Expect.Status = first.Status
	e.identifyServer(first)
	usual, seen := baselineOf(first, p.Expect), e.observedOn(p, first.Nonce)
	times := 2
	switch {
	case !harmless(p):
		times = 1
	case len(e.links) > 1:
		times = most // Of a pool, a few requests may all be served by one member.
	}
	for range times {
		o := e.ask(ctx, p)
		if o.Status != first.Status || !o.Answered() {
			return fmt.Errorf(
				"%s: got %s, and %s a moment later, want the same each time",
				p.URL,
				brief(first),
				brief(o),
			)
		}
		if baselineOf(o, p.Expect).page != usual.page {
			usual.page = ""
		}
		seen = append(seen, e.observedOn(p, o.Nonce)...)
	}
	e.baselines[p.Name] = usual
	return e.connect(p, seen, begun)
}

// identifyServer notes what the gateway calls itself in the answer, if that is not what the upstream said.
func (e *Gateway) identifyServer(o record.Observation) {
	for _, s := range e.links {
		for _, x := range s.with(o.Nonce) {
			if name := cmp.Or(
				o.Header.Get("Server"),
				o.Header.Get("Via"),
			); !bytes.Contains(
				x.Received,
				[]byte(name),
			) {
				e.own.Server = name
			}
		}
	}
}

// connect notes which links the probe passes: those on which its requests were seen, or, if it is none, on which
// anything came back meanwhile.
func (e *Gateway) connect(p *gateway.Probe, seen []*tappedLink, begun time.Time) error {
	touched := []string{}
	for _, s := range e.links {
		passed := slices.ContainsFunc(
			s.tap.Since(time.Time{}),
			func(x link.Exchange) bool { return x.Answered.After(begun) },
		)
		wanted := slices.Contains(p.Upstreams, s.Name)
		switch visible := slices.Contains(seen, s); {
		case visible, passed && len(seen) == 0 && (wanted || len(p.Upstreams) == 0):
			s.opaque = s.opaque || !visible
			touched = append(touched, s.Name)
		case wanted:
			return fmt.Errorf(
				"%s: got %d, and nothing of it passed the link %s, want the gateway to dial %s for it",
				p.URL,
				p.Expect.Status,
				s.Name,
				s.Listen,
			)
		}
	}
	p.Upstreams = touched
	return nil
}

// observedOn lists the links on which the request of the probe with the nonce was seen, and keeps it for own dials.
func (e *Gateway) observedOn(p *gateway.Probe, nonce string) []*tappedLink {
	all := []*tappedLink{}
	for _, s := range e.links {
		for _, x := range s.with(nonce) {
			all = append(all, s)
			if q, ok := replayable(x.Sent); ok {
				s.asked[p.Name] = q
			}
		}
	}
	return all
}

// replayable makes a request of one that passed a link, if it is one that may be repeated: only those that ask are,
// never those that act.
func replayable(sent []byte) (q question, ok bool) {
	read, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(sent)))
	if err != nil || read.Method != http.MethodGet && read.Method != http.MethodHead {
		return q, false
	}
	_ = read.Body.Close()
	q.Request = client.Request{Method: read.Method, Target: read.RequestURI, Host: read.Host}
	if !read.ProtoAtLeast(1, 1) {
		q.speaks = client.HTTP10
	}
	for name, values := range read.Header {
		for _, v := range values {
			if name != http.CanonicalHeaderKey(stamp.Nonce) && name != "Connection" && name != "Content-Length" {
				q.Header = append(q.Header, client.Field{Name: name, Value: v})
			}
		}
	}
	return q, true
}
