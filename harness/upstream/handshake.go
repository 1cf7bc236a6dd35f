package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"time"
)

// handshakeTimeout ends a handshake that the client never begins; it is above every connect timeout that a setting has.
const handshakeTimeout = 10 * time.Second

// notTLS is a fatal unexpected_message alert (RFC 8446, section 6.2) in a record of TLS 1.0, the version that
// every peer reads.
var notTLS = []byte{21, 3, 1, 0, 2, 2, 10}

// handshake makes c speak TLS when the origin does, before anything else is read, and reports whether c can be used.
//
// A client that speaks plain HTTP gets an alert and FIN. http.Server would write "400 Client sent an HTTP request
// to an HTTPS server" in plain text: a well-formed answer that the upstream itself gives and a gateway rightly
// relays, not a broken one that it has to replace by a 502.
func (c *Conn) handshake() bool {
	if c.origin.tls == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	defer cancel()
	secure := tls.Server(c.Conn, c.origin.tls)
	err := secure.HandshakeContext(ctx)
	if err == nil {
		c.Conn = secure
		return true
	}
	// crypto/tls sends the alerts of a handshake that fails, but none to a client whose first bytes are no TLS
	// record: then it hands over Conn.
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) && plain.Conn != nil {
		_, _ = c.tcp.Write(notTLS)
	}
	Close.of(c.tcp, c.tcp)
	return false
}

// Present makes the origin show cert, whatever its configuration says, in every handshake from now on; connections
// that are open stay. Of what Present and Secure asked for the last wins; undo takes this back and may be called
// more than once. It needs Options.TLS.
func (o *Origin) Present(cert tls.Certificate) (undo func()) {
	return o.Secure(func(c *tls.Config) { c.Certificates, c.GetCertificate = []tls.Certificate{cert}, nil })
}

// Secure makes the origin begin every handshake from now on with a copy of its configuration that change has
// changed; connections that are open stay. Of what Present and Secure asked for the last wins; undo takes this
// back and may be called more than once. It needs Options.TLS.
func (o *Origin) Secure(change func(*tls.Config)) (undo func()) { return o.handshakes.push(change) }

// secure returns a copy of config that heeds Secure. Nobody gets a session ticket: a client that resumes a session
// sees no certificate.
func (o *Origin) secure(config *tls.Config) *tls.Config {
	config = config.Clone()
	config.SessionTicketsDisabled = true
	before := config.GetConfigForClient
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if change, ok := o.handshakes.top(); ok {
			changed := config.Clone()
			change(changed)
			return changed, nil
		}
		if before != nil {
			return before(hello)
		}
		return nil, nil // go on with config
	}
	return config
}
