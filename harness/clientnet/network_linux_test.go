package clientnet_test

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
	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/world"
	"github.com/gatequake/gatequake/harness/world/worldtest"
)

const name = "site.test"

var (
	site = netip.MustParseAddrPort("192.0.2.80:80")
	exit = netip.MustParseAddr("203.0.113.20")
)

// networkWithSite is a home network, and a site that answers 200 to whom it is asked by.
func networkWithSite(t *testing.T) *clientnet.Network {
	t.Helper()
	serve(t, wellServed)
	return networkAt(t, exit)
}

// wellServed answers everybody with 200, and with the address that the connection came from.
func wellServed(l net.Listener) {
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.RemoteAddr)
	})}
	_ = s.Serve(l)
}

// serve lets the site serve as it is told.
func serve(t *testing.T, how func(net.Listener)) {
	t.Helper()
	l, err := net.Listen("tcp", site.String())
	if err != nil {
		t.Fatal(err)
	}
	go how(l)
	t.Cleanup(func() { _ = l.Close() })
}

// networkAt is a home network with the exit's address. A site may have many.
func networkAt(t *testing.T, exit netip.Addr) *clientnet.Network {
	t.Helper()
	w := &world.World{Mode: world.Root} // worldtest has made the namespaces
	n, err := clientnet.New(w, clientnet.Site{Name: name, At: site}, exit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

// eachFault runs a test for each fault, side by side, each at a home of its own.
func eachFault(t *testing.T, try func(t *testing.T, f *clientnet.Fault, n *clientnet.Network)) {
	t.Helper()
	serve(t, wellServed)
	t.Run("at once", func(t *testing.T) { // It ends when all in it have: the site serves till then.
		own := exit
		for _, f := range clientnet.Faults() {
			at := own
			own = own.Next().Next() // A home has two addresses.
			t.Run(f.ID, func(t *testing.T) {
				t.Parallel()
				try(t, f, networkAt(t, at))
			})
		}
	})
}

// visit asks for the site's page.
func visit(t *testing.T, n *clientnet.Network, nonce string) client.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return n.Browser.Ask(ctx, n.Site.Destination(), client.Way{}, func(c *client.Conn) client.Response {
		return c.Do(ctx, client.Request{
			Method: http.MethodGet, Target: "/", Host: name,
			Header: []client.Field{{Name: stamp.Nonce, Value: nonce}},
		})
	})
}

func TestNetwork(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	n := networkWithSite(t)
	r := visit(t, n, "first")
	g.Expect(r.Status).To(Equal(http.StatusOK), "%s: %s", r.End, r.Error)
	from := netip.MustParseAddrPort(string(r.Body))
	g.Expect(from.Addr()).To(Equal(exit), "the router hides the computer")
	g.Expect(string(visit(t, n, "second").Body)).To(Equal(from.String()), "the same connection")
	n.Browser.Disconnect()
	g.Expect(string(visit(t, n, "third").Body)).NotTo(Equal(from.String()), "another connection")

	g.Expect(n.Tap.Since(0, "second")).To(Equal(clientnet.TapRecord{Asked: true, Sent: []int{http.StatusOK}}))
	g.Expect(n.Tap.Since(0, "never sent")).To(Equal(clientnet.TapRecord{Sent: []int{}}))

	g.Expect(n.Names.Queries()).To(HaveLen(1), "caches on the way keep what may be kept")
	known, err := n.Router.Translations()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(known).To(BeNumerically(">=", 2))
	mac, err := n.Computer.Neighbour("router", netip.MustParseAddr("192.168.1.1"))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(mac).NotTo(BeNil())
}
