package link

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"
)

func noLeak(t testing.TB) {
	before := gleak.Goroutines()
	t.Cleanup(func() {
		NewWithT(t).Eventually(gleak.Goroutines).WithTimeout(soon).ShouldNot(gleak.HaveLeaked(before))
	})
}

// start returns a Link to an origin that talks, and checks at the end that it leaves no goroutine.
func start(t testing.TB, talk func(*net.TCPConn)) *Link {
	t.Helper()
	noLeak(t)
	return to(t, serve(t, talk))
}

func to(t testing.TB, origin string) *Link {
	t.Helper()
	l, err := New("127.0.0.1:0", origin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(context.Background()) })
	return l
}

func inject(t testing.TB, l *Link, x Toxic) (undo func()) {
	t.Helper()
	back, err := l.Inject(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := back(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinkForwards(t *testing.T) {
	l := start(t, echo)
	roundTrip(t, dial(t, l.Addr()), "hello")
}

func TestLinkForwardsIPv6(t *testing.T) {
	noLeak(t)
	l, err := New("[::1]:0", serve(t, echo))
	if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) {
		t.Skip("this machine has no IPv6 loopback: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close(context.Background())
	roundTrip(t, dial(t, l.Addr()), "hello")
	undo := inject(t, l, Refuse{})
	undo()
	roundTrip(t, dial(t, l.Addr()), "hello")
}

func TestNewRefusesAddresses(t *testing.T) {
	for _, c := range []struct{ listen, origin, want string }{
		{"localhost:0", "127.0.0.1:1", `start link: listen: got "localhost:0", want one IP address`},
		{"0.0.0.0:80", "127.0.0.1:1", `start link: listen: got "0.0.0.0:80", want one IP address`},
		{"127.0.0.1:0", "", `start link: origin: got "", want one IP address`},
		{"127.0.0.1:0", "127.0.0.1:0", `start link: origin: port: got 0, want 1 to 65535`},
		{"203.0.113.7:0", "127.0.0.1:1", `start link at 203.0.113.7:0: reserve 203.0.113.7:0: bind: cannot assign`},
	} {
		l, err := New(c.listen, c.origin)
		if err == nil {
			_ = l.Close(context.Background())
		}
		NewWithT(t).Expect(err).To(MatchError(HavePrefix(c.want)))
	}
}

func TestNewReportsAPortThatIsTaken(t *testing.T) {
	noLeak(t)
	origin := serve(t, echo)
	_, err := New(origin, origin)
	NewWithT(t).Expect(err).To(MatchError(syscall.EADDRINUSE))
}

func TestCloseEndsEverythingAndIsIdempotent(t *testing.T) {
	g := NewWithT(t)
	l := start(t, echo)
	c := dial(t, l.Addr())
	roundTrip(t, c, "hello")
	undo := inject(t, l, Latency{Delay: time.Millisecond})
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	g.Expect(l.Close(canceled)).To(Succeed(), "a context that is done must not keep a link open")
	g.Expect(l.Close(context.Background())).To(Succeed())
	undo()
	undo()
	_, how := end(c)
	g.Expect(how).To(Equal("FIN"))
	_, err := net.Dial("tcp", l.Addr())
	g.Expect(err).To(MatchError(syscall.ECONNREFUSED))
	_, err = l.Inject(context.Background(), Refuse{})
	g.Expect(err).To(MatchError("inject refuse: got a closed link, want an open one"))
	again, err := New(l.Addr(), "127.0.0.1:1")
	g.Expect(err).NotTo(HaveOccurred(), "the port must be free")
	g.Expect(again.Close(context.Background())).To(Succeed())
}
