package upstream_test

import (
	"net"
	"net/http"
	"net/netip"
	"testing"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// TestCatchAllTurns lets an address answer otherwise, and end connections, until that is undone.
func TestCatchAllTurns(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := upstream.StartCatchAll(l, nil, func(netip.Addr) string { return "" })
	t.Cleanup(func() { _ = o.Close() })
	at := netip.MustParseAddrPort(o.Addr())
	status := func() int {
		r, err := http.Get("http://" + o.Addr())
		if err != nil {
			return 0
		}
		defer func() { _ = r.Body.Close() }()
		if r.Header.Get(stamp.Origin) != o.Addr() {
			t.Errorf("got %v, want a stamp of %s", r.Header, o.Addr())
		}
		return r.StatusCode
	}
	elsewhere := o.AnswerAt(netip.AddrPortFrom(at.Addr(), at.Port()+1), http.StatusForbidden)
	defer elsewhere()
	for _, c := range []struct {
		turn func() (undo func())
		want int
	}{
		{func() func() { return func() {} }, http.StatusOK},
		{func() func() { return o.AnswerAt(at, http.StatusForbidden) }, http.StatusForbidden},
		{func() func() { return o.Shut(at) }, 0},
	} {
		undo := c.turn()
		if got := status(); got != c.want {
			t.Errorf("got %d, want %d", got, c.want)
		}
		undo()
		if got := status(); got != http.StatusOK {
			t.Errorf("got %d when it was undone, want 200", got)
		}
	}
}
