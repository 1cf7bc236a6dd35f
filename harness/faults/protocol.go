package faults

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// H2Upstream is an upstream that speaks a later HTTP.
var H2Upstream = catalog.RegisterFault(catalog.Fault{
	ID: "h2-upstream", Title: "the upstream speaks only HTTP/2 and the gateway HTTP/1",
	Cause: cause.Configuration, Type: proxystatus.HTTPProtocolError, Phase: catalog.AtOnce,
	What: "A gRPC server, or any other that speaks HTTP/2 in plain text to those who know. It meets an HTTP/1 " +
		"request with its own first frame, and tells it to go away: binary, and no HTTP/1 at all.",
	Made: "A real HTTP/2 server at the upstream's address, in place of the link; what begins otherwise gets " +
		"SETTINGS, GOAWAY and the end of the connection.",
	Confirmed: "Gatequake's own HTTP/2 request is answered 200; Gatequake's own HTTP/1 request gets a SETTINGS frame.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		options, err := b.StandIn()
		if err != nil {
			return nil, err
		}
		if options.Speaks != upstream.NothingSpoken && options.Speaks != upstream.HTTP1Spoken {
			return nil, site.Inapplicable("it does not speak HTTP/1 to the upstream, and the fault is about one that does")
		}
		_, undo, err := replace(ctx, b, func(at string) (*upstream.HTTP2, error) {
			return upstream.HTTP2Only(at, options.TLS)
		})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: func(ctx context.Context) (string, error) {
			return newer(ctx, b)
		}}, nil
	},
})

// newer confirms that HTTP/2 is what the upstream's address speaks, and all that it speaks.
func newer(ctx context.Context, b *site.Bench) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	way := client.Way{Protocol: client.H2C, Dial: b.Dial} // Who knows need not agree on it, inside TLS either.
	answer := way.Once(ctx, b.Plan.Upstream, netip.Addr{}, client.Request{
		Method: http.MethodGet, Target: "/", Host: "upstream",
	})
	if answer.Status != http.StatusOK {
		return "", fmt.Errorf("ask %s over HTTP/2: got %d %s (%s), want 200", b.Plan.Upstream, answer.Status,
			answer.End, answer.Error)
	}
	settings := []byte{0, 0, 0, 4, 0} // A frame with nothing in it, of type 4 (RFC 9113, sections 4.1 and 6.5).
	got, err := spoken(ctx, b, "")
	if err != nil || !bytes.HasPrefix(got, settings) {
		return "", fmt.Errorf("ask %s over HTTP/1: got %.40q (%w), want a SETTINGS frame", b.Plan.Upstream, got, err)
	}
	return fmt.Sprintf("Gatequake's own requests to %s: 200 over HTTP/2, frames over HTTP/1", b.Plan.Upstream), nil
}

// spoken sends an HTTP/1 request after the header, if any, to the upstream's address, and returns all that comes back.
func spoken(ctx context.Context, b *site.Bench, header string) ([]byte, error) {
	c, err := dialAfter(ctx, b, header)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := fmt.Fprintf(c, "%s / HTTP/1.1\r\nHost: upstream\r\nConnection: close\r\n\r\n",
		http.MethodGet); err != nil {
		return nil, err
	}
	return io.ReadAll(c)
}

// dialAfter connects to the upstream's address and sends the header, if any, before anything else; then it shakes hands
// where the upstream speaks TLS.
func dialAfter(ctx context.Context, b *site.Bench, header string) (net.Conn, error) {
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", b.Plan.Upstream.String())
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(plain, header); err != nil {
		_ = plain.Close()
		return nil, err
	}
	if !b.Plan.UpstreamTLS {
		return plain, nil
	}
	return tls.Client(plain, b.ToUpstream(b.Plan.Upstream).TLS), nil
}

// ProxyProtocolExpected is an upstream that wants to be told where a connection comes from.
var ProxyProtocolExpected = catalog.RegisterFault(catalog.Fault{
	ID: "proxy-protocol-expected", Title: "the upstream expects the PROXY protocol and the gateway does not speak it",
	Cause: cause.Configuration, Type: proxystatus.ConnectionTerminated, Phase: catalog.AtOnce,
	What: "The upstream was set up to learn its clients' addresses from a line before the first request. Whoever " +
		"does not send that line is cut off without a word, as the protocol demands; nothing in the answer tells " +
		"why, because there is none.",
	Made: "A listener at the upstream's address, in place of the link, that passes connections with the header of " +
		"version 1 on and closes any other.",
	Confirmed: "Gatequake's own request with the header is answered 200; one without gets the end of the connection.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		if _, err := b.Scripted(); err != nil {
			return nil, err
		}
		_, undo, err := replace(ctx, b, func(at string) (*upstream.Relay, error) {
			return upstream.ProxyProtocol(at, b.Upstream.Origin.Addr())
		})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: func(ctx context.Context) (string, error) {
			return announced(ctx, b)
		}}, nil
	},
})

// announced confirms that a request is answered after the header, and only then.
func announced(ctx context.Context, b *site.Bench) (string, error) {
	without, err := confirmEnd(b, b.Plan.Upstream, client.Closed)(ctx)
	if err != nil {
		return "", err
	}
	within, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	got, err := spoken(within, b, "PROXY UNKNOWN\r\n")
	if err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 200 ")) {
		return "", fmt.Errorf("ask %s with a PROXY header: got %.40q (%w), want 200", b.Plan.Upstream, got, err)
	}
	return without + "; with a PROXY header: 200", nil
}
