package clientnet_test

import (
	"net"
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/world/worldtest"
)

// A connection from before that has one of the ports by chance gives none back when it ends: Linux gives a new
// connection the port of one in TIME_WAIT, in half of the attempts.
func TestFullRouterStaysFull(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	n := networkWithSite(t)
	var before net.Conn
	g.Expect(n.Computer.Do(func() (err error) {
		before, err = (&net.Dialer{LocalAddr: &net.TCPAddr{Port: clientnet.FirstPort}}).Dial("tcp", site.String())
		return err
	})).To(Succeed())
	i, err := clientnet.NATFull.Inject(t.Context(), n)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(before.Close()).To(Succeed())
	for range 20 {
		_, err := i.Confirm(t.Context())
		g.Expect(err).NotTo(HaveOccurred())
	}
	g.Expect(i.Undo(t.Context())).To(Succeed())
	g.Expect(visit(t, n, "after").Status).To(Equal(http.StatusOK))
}
