package survey

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/world"
)

const (
	// startPatience is how long a gateway may take until it listens; the slowest known, with many routes, take
	// some seconds.
	startPatience = 20 * time.Second
	// listenersSettle is how long no further listener may come before all are taken to be there: gateways open them within
	// milliseconds of each other, those that wait for names or configuration within some hundred.
	listenersSettle = 300 * time.Millisecond
	// pollInterval is the time between two looks at what the gateway does.
	pollInterval = 20 * time.Millisecond
)

// ErrNotTryable is wrapped by the errors of a gateway that cannot be tried as it is.
var ErrNotTryable = errors.New("the gateway cannot be tried")

// start starts the gateway.
func (s *survey) start(context.Context) (err error) {
	s.clearSockets()
	s.process, s.absent, err = s.own.StartWatched(s.machine, s.world.Dir)
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
			return s.notTryable("it ended at once (%s)", how)
		}
		if len(known) == 0 && time.Since(begin) > startPatience {
			if udp, _ := Listening(s.machine, "udp"); len(udp) > 0 {
				return s.notTryable("it listens on UDP only (%v): Gatequake asks over TCP", udp)
			}
			return s.notTryable("it listened nowhere in %s", startPatience)
		}
		now, err := Listening(s.machine, "tcp")
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
	return s.addListeners(ctx)
}

// addListeners notes where the gateway listens by now and did not before.
func (s *survey) addListeners(ctx context.Context) error {
	now, err := Listening(s.machine, "tcp")
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

// notTryable is the error of a gateway that cannot be tried, with its last words.
func (s *survey) notTryable(format string, args ...any) error {
	why := fmt.Sprintf(format, args...)
	const enough = 5
	if log := s.process.Since(nil); len(log) > 0 {
		why += "; it last said: " + strings.Join(log[max(0, len(log)-enough):], " | ")
	} else {
		why += "; it said nothing"
	}
	if lacks := s.missingConfigFiles(); len(lacks) > 0 && s.process.Dead() != "" {
		why += "; it opened, and did not find, " + strings.Join(lacks[max(0, len(lacks)-enough):], ", ")
	}
	return fmt.Errorf("%w: %s", ErrNotTryable, why)
}

func ports(of []netip.AddrPort) []uint16 {
	all := []uint16{}
	for _, at := range of {
		all = append(all, at.Port())
	}
	return all
}

// Listening lists where the machine's processes take connections over tcp, or packets over udp, sorted: each port once
// for each family, the widest address of several.
func Listening(m *world.Machine, protocol string) ([]netip.AddrPort, error) {
	tables := [2][]byte{}
	if err := m.Do(func() (err error) {
		for i, version := range []string{"", "6"} {
			if tables[i], err = os.ReadFile("/proc/thread-self/net/" + protocol + version); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("look for listeners: %w", err)
	}
	all := []netip.AddrPort{}
	for line := range bytes.Lines(slices.Concat(tables[0], tables[1])) {
		f := strings.Fields(string(line))
		// The second field is the local address, the third the remote one, the fourth the state: 0A is LISTEN,
		// 07 a UDP socket without a peer.
		if len(f) < 4 || f[3] != map[string]string{"tcp": "0A", "udp": "07"}[protocol] {
			continue
		}
		at, err := socketAddress(f[1])
		if err != nil {
			return nil, fmt.Errorf("look for listeners: %w", err)
		}
		all = append(all, at)
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

// socketAddress reads an address as /proc/net writes it: words of four bytes in the machine's order, in hexadecimal,
// and the port.
func socketAddress(text string) (netip.AddrPort, error) {
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	number, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for i := 0; i+4 <= len(raw); i += 4 {
		slices.Reverse(raw[i : i+4]) // Every processor that gateways are tried on is little-endian.
	}
	a, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(a.Unmap(), uint16(number)), nil
}
