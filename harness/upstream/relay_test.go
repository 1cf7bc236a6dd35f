package upstream_test

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

func TestUnixSocketPassesOn(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	path := filepath.Join(t.TempDir(), "socket")
	relay, err := upstream.UnixSocket(path, origin.Addr())
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { _ = relay.Close() })
	for range 2 {
		c, err := net.Dial("unix", path)
		g.Expect(err).NotTo(HaveOccurred())
		_, err = io.WriteString(c, "GET / HTTP/1.0\r\n"+stamp.Nonce+": n\r\n\r\n")
		g.Expect(err).NotTo(HaveOccurred())
		got, err := io.ReadAll(c)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(string(got)).To(HaveSuffix("answered by upstream for n\n"))
		g.Expect(c.Close()).To(Succeed())
	}
	open, err := net.Dial("unix", path)
	g.Expect(err).NotTo(HaveOccurred())
	defer func() { _ = open.Close() }()
	g.Expect(relay.Close()).To(Succeed(), "with a connection open")
	g.Expect(relay.Close()).To(Succeed(), "again")
	_, err = net.Dial("unix", path)
	g.Expect(err).To(MatchError(syscall.ENOENT))
}

func TestProxyProtocolIsDemanded(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	relay, err := upstream.ProxyProtocol("127.0.0.1:0", origin.Addr())
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { _ = relay.Close() })
	for header, want := range map[string]string{
		"": "^$", "PROXY TCP4": "^$", "PROXY UNKNOWN\r\n": "for n\n$",
		"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n": "for n\n$",
	} {
		c := dial(t, relay.Addr())
		c.send(header + "GET / HTTP/1.0\r\n" + stamp.Nonce + ": n\r\n\r\n")
		got, err := c.rest()
		g.Expect(err).NotTo(HaveOccurred(), "FIN, not RST, after %q", header)
		g.Expect(got).To(MatchRegexp(want), "%q", header)
	}
	g.Expect(origin.Hits()).To(HaveLen(2))
}

func TestHTTP2Only(t *testing.T) {
	g := leakless(t)
	h, err := upstream.HTTP2Only("127.0.0.1:0", nil)
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { _ = h.Close() })
	c := dial(t, h.Addr())
	c.send(get("n"))
	got, err := c.rest()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(got).To(HavePrefix("\x00\x00\x00\x04"), "SETTINGS")
	g.Expect(got).To(HaveLen(9 + 17))

	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	r, err := (&http.Client{Transport: transport}).Get("http://" + h.Addr())
	g.Expect(err).NotTo(HaveOccurred())
	defer func() { _ = r.Body.Close() }()
	g.Expect(r.ProtoMajor).To(Equal(2))
	body, err := io.ReadAll(r.Body)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(stamp.Check(r.Header, body, "upstream", "")).To(Succeed())
}
