package home_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/home"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
	"github.com/gatequake/gatequake/harness/world/worldtest"
)

const name = "site.test"

var (
	site = netip.MustParseAddrPort("192.0.2.80:80")
	exit = netip.MustParseAddr("203.0.113.20")
)

// street is a home network, and a site that answers 200 to whom it is asked by.
func street(t *testing.T) *home.Network {
	t.Helper()
	return streetTo(t, func(l net.Listener) {
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) })}
		_ = s.Serve(l)
	})
}

// streetTo is a home network, and a site that serves as it is told.
func streetTo(t *testing.T, serve func(net.Listener)) *home.Network {
	t.Helper()
	g := NewWithT(t)
	l, err := net.Listen("tcp", site.String())
	g.Expect(err).NotTo(HaveOccurred())
	go serve(l)
	t.Cleanup(func() { _ = l.Close() })
	w := &world.World{Mode: world.Root} // worldtest has made the namespaces
	n, err := home.New(w, home.Site{Name: name, At: site}, exit)
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(n.Close)
	return n
}

// visit asks for the site's page.
func visit(t *testing.T, n *home.Network, nonce string) client.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return n.Browser.Ask(ctx, n.Site.Place(), client.Way{}, func(c *client.Conn) client.Response {
		return c.Do(ctx, client.Request{Method: http.MethodGet, Target: "/", Host: name, Header: []client.Field{{Name: upstream.NonceHeader, Value: nonce}}})
	})
}

func TestNetwork(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	n := street(t)
	r := visit(t, n, "first")
	g.Expect(r.Status).To(Equal(http.StatusOK), "%s: %s", r.End, r.Error)
	from := netip.MustParseAddrPort(string(r.Body))
	g.Expect(from.Addr()).To(Equal(exit), "the router hides the computer")
	g.Expect(string(visit(t, n, "second").Body)).To(Equal(from.String()), "the same connection")
	n.Browser.Disconnect()
	g.Expect(string(visit(t, n, "third").Body)).NotTo(Equal(from.String()), "another connection")

	g.Expect(n.Tap.Since(0, "second")).To(Equal(home.Heard{Asked: true, Sent: []int{http.StatusOK}}))
	g.Expect(n.Tap.Since(0, "never sent")).To(Equal(home.Heard{Sent: []int{}}))

	g.Expect(n.Names.Queries()).To(HaveLen(1), "caches on the way keep what may be kept")
	known, err := n.Router.Translations()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(known).To(BeNumerically(">=", 2))
	mac, err := n.Computer.Neighbour("router", netip.MustParseAddr("192.168.1.1"))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(mac).NotTo(BeNil())
}
