package survey

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/world"
)

// RunTelling is Run for who wants to know what it does meanwhile: tell is called with a line of it, from Run's own
// goroutine, whenever something else begins, and now and then while requests are sent.
func RunTelling(ctx context.Context, w *world.World, o gateway.Own, tell func(string)) (Found, error) {
	return run(ctx, &survey{
		world: w, own: o, begin: time.Now(), assigned: map[string]netip.Addr{}, next: gateway.Named.Addr(), tell: tell,
		both: map[netip.AddrPort]bool{}, silent: map[silence]bool{}, roots: map[netip.AddrPort]question{},
	})
}

// doing tells what is done now.
func (s *survey) doing(format string, args ...any) {
	if s.tell != nil {
		s.tell(fmt.Sprintf(format, args...))
		s.told = time.Now()
	}
}

// tellEvery is how often it is told how far the requests are: as often as an eye follows.
const tellEvery = 200 * time.Millisecond

// doingRequests tells which requests are sent.
func (s *survey) doingRequests() {
	if s.tell == nil || time.Since(s.told) < tellEvery {
		return
	}
	at := []string{}
	for _, l := range s.own.Listeners {
		if l.At.Addr().Is4() || !slices.ContainsFunc(s.own.Listeners, func(o gateway.Listener) bool {
			return o.At.Addr().Is4() && o.At.Port() == l.At.Port()
		}) {
			at = append(at, l.At.String())
		}
	}
	s.doing("asking %s for %s and %s (%s so far)", strings.Join(fold(at, mostNames), ", "),
		counted(len(s.words.paths)+1, "path", "paths"), counted(len(s.words.hosts)+1, "host", "hosts"),
		counted(s.serial, "request", "requests"))
}
