package upstream_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/netip"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

func issue(t *testing.T, a *upstream.Authority, leaf upstream.Leaf) tls.Certificate {
	t.Helper()
	cert, err := a.Issue(leaf)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func secureOrigin(t *testing.T) (*upstream.Origin, *upstream.Authority) {
	t.Helper()
	authority, err := upstream.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	cert := issue(t, authority, upstream.Leaf{
		Names: []string{"secure.example"},
		IPs:   []netip.Addr{netip.MustParseAddr("127.0.0.1")},
	})
	return startOrigin(t, upstream.Options{Name: "secure", TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}),
		authority
}

func TestPlainHTTPToTLSGetsAnAlertAndFIN(t *testing.T) {
	g := leakless(t)
	origin, _ := secureOrigin(t)
	c := dial(t, origin.Addr())
	c.send(get("n"))
	got, err := c.rest()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect([]byte(got)).To(Equal([]byte{21, 3, 1, 0, 2, 2, 10}))
	g.Expect(origin.Hits()).To(BeEmpty())
	g.Expect(origin.Accepted()).To(Equal(1))
}

func TestSecureOriginAnswersInsideTLS(t *testing.T) {
	g := leakless(t)
	origin, authority := secureOrigin(t)
	config := &tls.Config{
		RootCAs: authority.Pool(), ServerName: "secure.example",
		ClientSessionCache: tls.NewLRUClientSessionCache(1),
	}
	for range 2 {
		c := dial(t, origin.Addr())
		secure := tls.Client(c.TCPConn, config)
		_, err := io.WriteString(secure, "GET / HTTP/1.0\r\n"+stamp.Nonce+": n\r\n\r\n")
		g.Expect(err).NotTo(HaveOccurred())
		got, err := io.ReadAll(secure)
		g.Expect(err).NotTo(HaveOccurred(), "a close_notify, not a cut")
		g.Expect(string(got)).To(HaveSuffix("answered by secure for n\n"))
		g.Expect(secure.ConnectionState().DidResume).To(BeFalse())
		g.Expect(c.Close()).To(Succeed())
	}
}

func TestResetBelowTLS(t *testing.T) {
	g := leakless(t)
	origin, authority := secureOrigin(t)
	origin.Behave(upstream.Raw{Bytes: []byte("HTTP/1.1 200"), Then: upstream.Reset})
	secure := tls.Client(dial(t, origin.Addr()).TCPConn,
		&tls.Config{RootCAs: authority.Pool(), ServerName: "127.0.0.1"})
	_, err := io.WriteString(secure, get("n"))
	g.Expect(err).NotTo(HaveOccurred())
	got, err := io.ReadAll(secure)
	g.Expect(string(got)).To(Equal("HTTP/1.1 200"))
	g.Expect(err).To(MatchError(syscall.ECONNRESET))
}

func TestPresentSwapsTheCertificate(t *testing.T) {
	g := leakless(t)
	origin, authority := secureOrigin(t)
	stranger, err := upstream.NewAuthority()
	g.Expect(err).NotTo(HaveOccurred())
	dialTLS := func(name string) error {
		c := dial(t, origin.Addr())
		defer func() { _ = c.Close() }()
		return tls.Client(c.TCPConn, &tls.Config{RootCAs: authority.Pool(), ServerName: name}).Handshake()
	}
	leaf := upstream.Leaf{Names: []string{"secure.example"}, IPs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	past, future := leaf, leaf
	past.NotAfter = time.Now().Add(-time.Minute)
	future.NotBefore = time.Now().Add(time.Hour)
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var mismatch x509.HostnameError
	for name, c := range map[string]struct {
		cert tls.Certificate
		want any
	}{
		"expired":       {issue(t, authority, past), &invalid},
		"not yet valid": {issue(t, authority, future), &invalid},
		"untrusted":     {issue(t, stranger, leaf), &unknown},
		"wrong name":    {issue(t, authority, upstream.Leaf{Names: []string{"other.example"}}), &mismatch},
	} {
		for _, host := range []string{"secure.example", "127.0.0.1"} { // with and without SNI
			g.Expect(dialTLS(host)).To(Succeed(), name)
			undo := origin.Present(c.cert)
			g.Expect(dialTLS(host)).To(matchAs(c.want), name)
			undo()
			undo()
			g.Expect(dialTLS(host)).To(Succeed(), name)
		}
	}
}

func TestSecureChangesTheHandshake(t *testing.T) {
	g := leakless(t)
	origin, authority := secureOrigin(t)
	mine := issue(t, authority, upstream.Leaf{})
	dialTLS := func(c *tls.Config) error {
		conn := dial(t, origin.Addr())
		defer func() { _ = conn.Close() }()
		c.RootCAs, c.ServerName = authority.Pool(), "secure.example"
		secure := tls.Client(conn.TCPConn, c)
		if _, err := io.WriteString(secure, get("n")); err != nil {
			return err
		}
		_, err := secure.Read(make([]byte, 1)) // In TLS 1.3 the server's no comes after the client's handshake.
		return err
	}
	for name, c := range map[string]struct {
		change func(*tls.Config)
		able   *tls.Config
	}{
		"an old version": {
			func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 },
			&tls.Config{MinVersion: tls.VersionTLS11},
		},
		"client certificate": {
			func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert },
			&tls.Config{Certificates: []tls.Certificate{mine}},
		},
	} {
		g.Expect(dialTLS(&tls.Config{})).To(Succeed(), name)
		undo := origin.Secure(c.change)
		g.Expect(dialTLS(&tls.Config{})).To(MatchError(ContainSubstring("remote error")), name)
		g.Expect(dialTLS(c.able)).To(Succeed(), name)
		undo()
		undo()
		g.Expect(dialTLS(&tls.Config{})).To(Succeed(), name)
	}
}
