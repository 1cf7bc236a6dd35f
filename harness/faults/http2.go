package faults

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// H2UpstreamRefused is an upstream of HTTP/2 that is not there.
var H2UpstreamRefused = catalog.RegisterFault(catalog.Fault{
	ID: "h2-upstream-refused", Title: "nothing listens at the address of an upstream that speaks HTTP/2",
	Cause: cause.Network, Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce, Route: site.RouteHTTP2,
	What: "A gateway that speaks HTTP/2 to its upstream has other code for it than for HTTP/1: one connection for " +
		"all clients, which is dialled anew when it is lost. What it tells the clients when that fails must be the " +
		"same.",
	Made: "The Toxiproxy link at the upstream's address stops listening and drops its connections; it keeps the " +
		"port.",
	Confirmed: "Gatequake's own dial gets ECONNREFUSED.",
	Inject:    http2Refused,
})

// GRPCUpstreamRefused is an upstream of gRPC that is not there.
var GRPCUpstreamRefused = catalog.RegisterFault(catalog.Fault{
	ID: "grpc-upstream-refused", Title: "a client calls a method of gRPC and nothing listens at the upstream's address",
	Cause: cause.Network, Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce, Route: site.RouteGRPC,
	What: "A client of gRPC looks for a status of gRPC first, and makes one of the HTTP status if there is none. A " +
		"gateway that knows gRPC says UNAVAILABLE (14) itself, over HTTP 200; one that does not says 502, which " +
		"every client takes for UNAVAILABLE. Both are right. A 200 with neither, or with another status of gRPC, " +
		"is not: some of those tell a client that it must not try again.",
	Made: "The Toxiproxy link at the upstream's address stops listening and drops its connections; it keeps the " +
		"port.",
	Confirmed: "Gatequake's own dial gets ECONNREFUSED.",
	Inject:    http2Refused,
})

func http2Refused(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
	undo, err := b.HTTP2.Inject(ctx, link.Refuse{})
	if err != nil {
		return nil, err
	}
	return &catalog.Injection{Undo: undo, Confirm: confirmEnd(b, b.Plan.HTTP2, client.Refused)}, nil
}

// H2UpstreamGoAway is an upstream that gives the whole connection up.
var H2UpstreamGoAway = catalog.RegisterFault(catalog.Fault{
	ID: "h2-upstream-goaway", Title: "an upstream that speaks HTTP/2 sends GOAWAY in place of an answer",
	Cause: cause.Bug, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce, Route: site.RouteHTTP2,
	What: "The server hit an error of its own in the connection, and gives all of it up: GOAWAY with " +
		"INTERNAL_ERROR, then FIN. Its last stream is the request's own, so it may have been acted on: a gateway " +
		"must not send a POST again.",
	Made: "An HTTP/2 server at the upstream's address that reads and records each request, and answers it with " +
		"GOAWAY and the end of the connection.",
	Confirmed: "Gatequake's own request over HTTP/2 gets the end of the connection and no answer.",
	Inject: http2Ill(upstream.GoAwayInstead, func(r client.Response) bool {
		return r.End == client.Closed || r.End == client.Reset
	}),
})

// H2UpstreamRSTStream is an upstream that gives one request up.
var H2UpstreamRSTStream = catalog.RegisterFault(catalog.Fault{
	ID: "h2-upstream-rst-stream", Title: "an upstream that speaks HTTP/2 resets the stream in place of an answer",
	Cause: cause.Bug, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce, Route: site.RouteHTTP2,
	What: "A handler crashed; HTTP/2 ends its stream with RST_STREAM and INTERNAL_ERROR, and the connection, with " +
		"the requests of other clients, lives on. To the gateway it is what a reset connection is in HTTP/1: no " +
		"answer, and no way to know what was done.",
	Made: "An HTTP/2 server at the upstream's address that reads and records each request, and answers it with " +
		"RST_STREAM.",
	Confirmed: "Gatequake's own request over HTTP/2 gets RST_STREAM and no answer.",
	Inject: http2Ill(upstream.RSTStreamInstead, func(r client.Response) bool {
		return r.End == client.Reset && strings.HasPrefix(r.Error, "RST_STREAM")
	}),
})

// http2Ill lets the server that start makes stand in for the upstream that speaks HTTP/2, and confirms by is how
// an own request to that server ends.
func http2Ill(
	start func(string, *tls.Config) (*upstream.HTTP2Faulty, error), is func(client.Response) bool,
) func(context.Context, *site.Bench) (*catalog.Injection, error) {
	return func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		secure, err := b.StandInTLS()
		if err != nil {
			return nil, err
		}
		back, err := b.HTTP2.Detach(ctx)
		if err != nil {
			return nil, err
		}
		stranger, err := start(b.Plan.HTTP2.String(), secure)
		if err != nil {
			_ = back(ctx)
			return nil, err
		}
		b.Record(stranger)
		return &catalog.Injection{
			Undo: func(ctx context.Context) error {
				if err := stranger.Close(); err != nil {
					return err
				}
				return back(ctx)
			},
			Confirm: func(ctx context.Context) (string, error) {
				r, nonce := b.DirectHTTP2(ctx, 10*silenceWindow)
				if hits := len(stranger.HitsOf(nonce)); r.Status != 0 || !is(r) || hits != 1 {
					return "", fmt.Errorf("ask %s over HTTP/2: got %d %s (%s), recorded %d times; "+
						"want no answer, recorded once", b.Plan.HTTP2, r.Status, r.End, r.Error, hits)
				}
				return fmt.Sprintf("Gatequake's own request to %s over HTTP/2: recorded, then %s", b.Plan.HTTP2, r.End), nil
			},
		}, nil
	}
}
