package survey

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/sockets"
	"github.com/gatequake/gatequake/harness/strain"
	"github.com/gatequake/gatequake/harness/world"
)

const (
	// startPatience is how long a gateway may take until it listens, besides the time in which it works or waits for a
	// processor; the slowest known, with many routes, take some seconds, and a machine that reads their programs from a
	// slow disk takes more, which no count of the kernel tells. mostPatience is the longest with these.
	startPatience = 20 * time.Second
	mostPatience  = 45 * time.Second
	// listenersSettle is how long no further listener may come before all are taken to be there: gateways open them within
	// milliseconds of each other, those that wait for names or configuration within some hundred.
	listenersSettle = 300 * time.Millisecond
	// pollInterval is the time between two looks at what the gateway does.
	pollInterval = 20 * time.Millisecond
)

// start starts the gateway.
func (s *survey) start(context.Context) (err error) {
	s.clearSockets()
	if s.process != nil {
		s.printed = s.process.Printed()
	}
	s.started = time.Now()
	s.process, s.missing, err = s.own.StartWatched(s.machine, s.world.Dir)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotTryable, err)
	}
	s.closers = append(s.closers, s.process.Stop)
	return nil
}

// listen waits until the gateway listens, and notes where.
func (s *survey) listen(ctx context.Context) error {
	known, changed, begin := []netip.AddrPort{}, time.Now(), time.Now()
	for len(known) == 0 || time.Since(changed) < listenersSettle {
		if how := s.process.Dead(); how != "" {
			return s.failed("it ended at once (%s)", how)
		}
		if waited := time.Since(begin); len(known) == 0 && waited > startPatience && waited > patience() {
			if udp, _ := listening(s.machine, sockets.UDP, sockets.Unconnected); len(udp) > 0 {
				return s.failed("it listens on UDP only (%v): Gatequake asks over TCP", udp)
			}
			return s.failed("it listened nowhere in %.0f seconds", time.Since(begin).Seconds())
		}
		now, err := listening(s.machine, sockets.TCP, sockets.Listen)
		if err != nil {
			return err
		}
		if !slices.Equal(now, known) {
			known, changed = now, time.Now()
			if err := s.loopback.Keep(ports(now)...); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollInterval):
		}
	}
	s.ready = changed
	s.found.StartMS = float64(changed.Sub(s.begin).Milliseconds())
	if err := s.addListeners(ctx); err != nil || len(s.own.Listeners) > 0 {
		return err
	}
	// It is gone again, between two looks: some open their ports before they look for what is missing.
	for begin = time.Now(); s.process.Dead() == "" && time.Since(begin) < startPatience && ctx.Err() == nil; {
		time.Sleep(pollInterval)
	}
	if how := s.process.Dead(); how != "" {
		return s.failed("it ended at once (%s)", how)
	}
	return s.failed("it listened at %v, and soon nowhere", known)
}

// patience is startPatience, and as long again as the processes of the world worked, or one of them waited for a
// processor: a gateway that loads its rules is no gateway that hangs.
func patience() time.Duration {
	load := strain.World()
	waited := time.Duration(0)
	for _, w := range load.Waited {
		waited = max(waited, w)
	}
	return min(startPatience+load.Ran+waited, mostPatience)
}

// addListeners notes where the gateway listens by now and did not before.
func (s *survey) addListeners(ctx context.Context) error {
	now, err := listening(s.machine, sockets.TCP, sockets.Listen)
	if err != nil {
		return err
	}
	for _, at := range s.ofEachFamily(ctx, now) {
		if slices.ContainsFunc(s.own.Listeners, func(l gateway.Listener) bool { return l.At == at }) {
			continue
		}
		if a := at.Addr(); !a.IsUnspecified() && !a.IsLoopback() {
			if err := s.machine.Own(a); err != nil {
				return err
			}
		}
		s.own.Listeners = append(s.own.Listeners, gateway.Listener{At: at})
	}
	return s.loopback.Keep(ports(now)...)
}

// ofEachFamily lists the listeners of each family: one on [::] that takes IPv4 too, as it does unless it was told
// otherwise, is one on 0.0.0.0 besides, in the place of any of one IPv4 address at that port.
func (s *survey) ofEachFamily(ctx context.Context, all []netip.AddrPort) []netip.AddrPort {
	each := []netip.AddrPort{}
	for _, at := range all {
		four := netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port())
		if !at.Addr().IsUnspecified() || at.Addr().Is4() || slices.Contains(all, four) {
			each = append(each, at)
			continue
		}
		if slices.ContainsFunc(s.own.Listeners, func(l gateway.Listener) bool { return l.At == four }) ||
			s.accepts(ctx, four) {
			each = slices.DeleteFunc(each, func(other netip.AddrPort) bool {
				return other.Port() == at.Port() && other.Addr().Is4()
			})
			each = append(each, four)
		}
		each = append(each, at)
	}
	return each
}

// accepts reports whether a connection to the listener, if there is one, is made.
func (s *survey) accepts(ctx context.Context, at netip.AddrPort) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // An address at which nothing listens refuses at once.
	defer cancel()
	c, err := client.Way{}.Connect(ctx, gateway.Listener{At: at}.Door(), Client)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

func ports(of []netip.AddrPort) []uint16 {
	all := []uint16{}
	for _, at := range of {
		all = append(all, at.Port())
	}
	return all
}

// listening lists where the machine's processes take connections over TCP, or packets over UDP, sorted: each port once
// for each family, the widest address of several.
func listening(
	m *world.Machine,
	list func(sockets.Family) ([]sockets.Socket, error),
	state sockets.State,
) ([]netip.AddrPort, error) {
	all := []netip.AddrPort{}
	if err := m.Do(func() error {
		for _, f := range []sockets.Family{sockets.IPv4, sockets.IPv6} {
			found, err := list(f)
			if err != nil {
				return err
			}
			for _, s := range found {
				if s.State == state {
					all = append(all, netip.AddrPortFrom(s.Local.Addr().Unmap(), s.Local.Port()))
				}
			}
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("look for listeners: %w", err)
	}
	slices.SortFunc(all, func(a, b netip.AddrPort) int {
		return cmp.Or(cmp.Compare(a.Port(), b.Port()), width(a.Addr())-width(b.Addr()), a.Compare(b))
	})
	return slices.CompactFunc(all, func(a, b netip.AddrPort) bool {
		return a.Port() == b.Port() && (a == b || a.Addr().IsUnspecified() && a.Addr().Is4() == b.Addr().Is4())
	}), nil
}

// width sorts addresses: all of IPv4, one of them, all of IPv6, one of them.
func width(a netip.Addr) int {
	n := 0
	if !a.IsUnspecified() {
		n++
	}
	if a.Is6() {
		n += 2
	}
	return n
}
