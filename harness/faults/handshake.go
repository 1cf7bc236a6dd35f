package faults

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// secured completes and registers an upstream that handles TLS differently. The confirmation is an alert to an
// own handshake as a gateway makes it, and an answer to one that is able to do what the upstream wants; able is
// nil when none is.
func secured(f catalog.Fault, change func(*tls.Config), able func(*site.Bench) (*tls.Config, error)) *catalog.Fault {
	f.Cause, f.Phase, f.Route = cause.Configuration, catalog.AtOnce, site.RouteSecure
	f.Inject = func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo := b.Secure.Origin.Secure(change)
		return &catalog.Injection{
			Undo: func(context.Context) error { undo(); return nil },
			Confirm: func(ctx context.Context) (string, error) {
				alert, err := alerted(ctx, b)
				if err != nil || able == nil {
					return alert, err
				}
				config, err := able(b)
				if err != nil {
					return "", err
				}
				if err := exchange(ctx, b, config); err != nil {
					return "", fmt.Errorf("handshake with %s as it wants it: %w", b.Plan.Secure, err)
				}
				return alert + "; one as it wants it: answered", nil
			},
		}, nil
	}
	return catalog.RegisterFault(f)
}

// alerted confirms that an own handshake, or what follows it, gets a fatal alert.
func alerted(ctx context.Context, b *site.Bench) (string, error) {
	err := exchange(ctx, b, &tls.Config{})
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" { // That is how crypto/tls marks what the peer's alert said.
		return "", fmt.Errorf("handshake with %s: got %w, want an alert", b.Plan.Secure, err)
	}
	return fmt.Sprintf("Gatequake's own TLS handshake with %s: %v", b.Plan.Secure, op), nil
}

// exchange makes a TLS connection to the TLS upstream, verifies it, sends a request and reads the start of an answer.
func exchange(ctx context.Context, b *site.Bench, config *tls.Config) error {
	ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	config.RootCAs, config.ServerName = b.Authority.Pool(), b.SecureName()
	c, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", b.Plan.Secure.String())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := fmt.Fprintf(c, "%s / HTTP/1.1\r\nHost: upstream\r\n\r\n", http.MethodGet); err != nil {
		return err
	}
	_, err = io.ReadFull(c, make([]byte, len("HTTP/")))
	return err
}

// TLSVersionMismatch is an upstream whose TLS is too old.
var TLSVersionMismatch = secured(catalog.Fault{
	ID: "tls-version-mismatch", Title: "the upstream speaks only TLS versions that nobody accepts any more",
	Type: proxystatus.TLSProtocolError,
	What: "An old appliance speaks TLS 1.0 and 1.1, which RFC 8996 retired, and the gateway's library was updated: " +
		"the two have no version in common. The day before the update everything worked.",
	Made: "The upstream takes no TLS version above 1.1.",
	Confirmed: "Gatequake's own TLS handshake with today's versions gets an alert; one that goes down to TLS 1.1 is " +
		"answered.",
}, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 },
	func(*site.Bench) (*tls.Config, error) { return &tls.Config{MinVersion: tls.VersionTLS11}, nil })

// TLSAlert is an upstream that refuses to shake hands.
var TLSAlert = secured(catalog.Fault{
	ID: "tls-alert", Title: "the upstream answers the TLS handshake with a fatal alert",
	Type: proxystatus.TLSAlertReceived,
	What: "The upstream can read the ClientHello and not go on: its key cannot be loaded, its hardware module is " +
		"away. It says so in an alert, which names the kind of trouble, and closes.",
	Made: "The upstream's certificate cannot be had: its TLS library answers every ClientHello with the alert " +
		"internal_error.",
	Confirmed: "Gatequake's own TLS handshake gets a fatal alert.",
}, func(c *tls.Config) {
	c.Certificates = nil
	c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return nil, errors.New("the key cannot be loaded")
	}
}, nil)

// ClientCertificateRequired is an upstream that wants to know who asks.
var ClientCertificateRequired = secured(catalog.Fault{
	ID: "client-certificate-required", Title: "the upstream demands a client certificate and the gateway has none",
	Type: proxystatus.TLSAlertReceived,
	What: "Mutual TLS was turned on at the upstream alone: it asks every client who it is, and the gateway cannot " +
		"say. The upstream's alert ends the handshake; in its log stands the reason, in the gateway's often no " +
		"more than a number.",
	Made:      "The upstream requires a client certificate, whosever it is, in TLS 1.2.",
	Confirmed: "Gatequake's own TLS handshake without a certificate gets an alert; one with a certificate is answered.",
}, func(c *tls.Config) {
	// In TLS 1.3 a client is done before it is refused: whether the gateway's request is on its way by then is
	// a matter of who is faster. HAProxy was seen to take the same refusal for a failed connection once and for
	// a failed answer many times.
	c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
},
	func(b *site.Bench) (*tls.Config, error) {
		mine, err := b.Authority.Issue(upstream.Leaf{Names: []string{"gateway.test"}})
		return &tls.Config{Certificates: []tls.Certificate{mine}}, err
	})

// TLSStall is an upstream with which no handshake comes to an end.
var TLSStall = catalog.RegisterFault(catalog.Fault{
	ID: "tls-stall", Title: "the TLS handshake with the upstream never ends",
	Cause: cause.Configuration, Type: proxystatus.ConnectionTimeout, Phase: catalog.Connecting, Route: site.RouteSecure,
	What: "The connection is made, the ClientHello is sent, and nothing comes back: a middlebox that dislikes TLS, " +
		"or a server that waits for something else first. Many clients have a timeout for connecting and one for " +
		"the answer, and none for what is between the two.",
	Made:      "Toxiproxy timeout 0 on what the gateway sends to the TLS upstream: the ClientHello is swallowed.",
	Confirmed: "Gatequake's own TCP connection is made, and Gatequake's own ClientHello on it gets nothing.",
	Inject: func(ctx context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := b.Secure.Link.Inject(ctx, link.Timeout{Stream: link.Upstream})
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: undo, Confirm: func(ctx context.Context) (string, error) {
			return stalled(ctx, b)
		}}, nil
	},
})

// stalled confirms that a connection is made and a handshake is not.
func stalled(ctx context.Context, b *site.Bench) (string, error) {
	within, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	c, err := new(net.Dialer).DialContext(within, "tcp", b.Plan.Secure.String())
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	brief, cancel := context.WithTimeout(ctx, silenceWindow)
	defer cancel()
	if err := tls.Client(c, &tls.Config{ServerName: b.SecureName()}).HandshakeContext(brief); !timedOut(err) {
		return "", fmt.Errorf("handshake with %s: got %w, want silence for %s", b.Plan.Secure, err, silenceWindow)
	}
	return fmt.Sprintf("Gatequake's own TLS handshake with %s: connected, then silence for "+
		"%s", b.Plan.Secure, silenceWindow), nil
}
