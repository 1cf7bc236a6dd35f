package own

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// kindOf is the route of Gatequake's own whose clients talk as those of the probe do: one of WebSockets, one of calls
// of gRPC, or RouteMain.
func kindOf(p *gateway.Probe) site.Route {
	switch p.Protocol {
	case gateway.WebSocket:
		return site.RouteWebSocket
	case gateway.GRPC:
		return site.RouteGRPC
	}
	return site.RouteMain
}

// Talk is the route whose clients talk as those of the probe do.
func (d *Described) Talk(p site.Probe) site.Route {
	if probe := d.ProbeOf(p); probe != nil {
		return kindOf(probe)
	}
	return site.RouteMain
}

// protocolOf is what clients of the probe speak: what it says, or else its listener.
func (d *Described) protocolOf(p *gateway.Probe) client.Protocol {
	said := p.Protocol
	if l, err := d.Listener(*p); err == nil {
		said = cmp.Or(said, l.Protocol)
	}
	switch said {
	case gateway.HTTP10:
		return client.HTTP10
	case gateway.HTTP2, gateway.GRPC:
		if u, err := url.Parse(p.URL); err == nil && u.Scheme == gateway.SpeaksHTTPS {
			return client.H2
		}
		return client.H2C
	}
	return client.HTTP11
}

// ownMethods are what the probe is sent with.
func ownMethods(p *gateway.Probe) []string {
	switch {
	case kindOf(p) != site.RouteMain:
		return kindOf(p).Methods()
	case len(p.Methods) > 0:
		return p.Methods
	}
	return []string{http.MethodGet}
}

// finished reports whether an answer is, by its protocol, what a client wants: over a WebSocket its own words, of a
// call of gRPC the status OK.
func finished(p *gateway.Probe, o record.Observation) bool {
	switch p.Protocol {
	case gateway.WebSocket:
		return o.Heard
	case gateway.GRPC:
		return o.GRPC == record.GRPCOK
	}
	return true
}
