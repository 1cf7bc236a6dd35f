package clientnet_test

import (
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/world/worldtest"
)

// A gateway that says 502 to a client of whom it hears nothing blames its upstream for the client's line: the
// claim catches it.
func TestBlameIsCaught(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	serve(t, func(l net.Listener) {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go blame(c)
		}
	})
	n := networkAt(t, exit)
	g.Expect(visit(t, n, "before").Status).To(Equal(http.StatusOK))
	f := clientnet.MTUBlackhole
	i, err := f.Inject(t.Context(), n)
	g.Expect(err).NotTo(HaveOccurred())
	s := observe(t, n, f, true)
	g.Expect(f.Broken(s)).To(ConsistOf(ContainSubstring("its upstream is at fault"),
		ContainSubstring("the client got 502")))
	g.Expect(s.BySite).To(BeTrue(), "the tap knows who said it")
	g.Expect(i.Undo(t.Context())).To(Succeed())
}

// blame answers 200 to a request, and 502 to silence.
func blame(c net.Conn) {
	defer func() { _ = c.Close() }()
	_ = c.SetReadDeadline(time.Now().Add(3 * soon))
	answer := "200 OK"
	if n, err := c.Read(make([]byte, 4<<10)); errors.Is(err, os.ErrDeadlineExceeded) {
		answer = "502 Bad Gateway"
	} else if n == 0 {
		return
	}
	_, _ = strings.NewReader("HTTP/1.1 " + answer + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").WriteTo(c)
}
