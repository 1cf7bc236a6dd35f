package link

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"github.com/Shopify/toxiproxy/v2"
)

// callTimeout bounds each wait for Toxiproxy, on top of the caller's context. A call takes microseconds, and under
// one millisecond with a hundred open connections; with thirty times as many busy processes as processors a
// quarter of a second was too short now and then, and at nice 19 under two busy loops for each processor one second
// was, twice in 84 experiments. Four of them (three in a call, one in Close) make twelve seconds.
const callTimeout = 3 * time.Second

// ground is what a connecting client finds at the address. When injections ask for different ones, the highest wins.
type ground int

const (
	listening ground = iota // Toxiproxy
	refusing                // nobody: the port is bound by the harness, and nothing listens there
	detached                // nobody, or whoever takes the port
)

// wanted is the ground that the injections in force add up to.
func (l *Link) wanted() ground {
	if l.closed {
		return detached
	}
	want := listening
	for _, h := range l.injections {
		want = max(want, h.plan.ground)
	}
	return want
}

// settled reports whether the ground is the one that is wanted.
func (l *Link) settled() bool {
	want := l.wanted()
	return (l.proxy != nil) == (want == listening) && (l.port != nil) == (want != detached)
}

// renew ends the proxy with every connection through it, and stands up the ground that is wanted, with a fresh
// proxy: one that was stopped keeps its poison (a connection opened under reset_peer) and, if it was stuck, its
// lock. Between the two a client is refused, for microseconds.
func (l *Link) renew(ctx context.Context) error {
	listened := l.proxy != nil
	stuck := l.stop(ctx)
	if listened && l.wanted() != listening {
		if err := free(ctx, func() error { return l.port.vacant(l.addr) }); err != nil {
			stuck = errors.Join(stuck, fmt.Errorf("stop listening on %s: %w", l.addr, err))
		}
	}
	if l.wanted() == detached {
		return errors.Join(stuck, l.leave())
	}
	if l.port == nil {
		err := free(ctx, func() error {
			port, at, err := reserve(l.addr)
			if err == nil {
				l.port = port
				l.keep(at)
			}
			return err
		})
		if err != nil {
			return errors.Join(stuck, fmt.Errorf("reserve %s: %w", l.addr, err))
		}
	}
	if l.wanted() == refusing {
		return stuck
	}
	return errors.Join(stuck, l.start(ctx))
}

func (l *Link) stop(ctx context.Context) error {
	proxy := l.proxy
	if proxy == nil {
		return nil
	}
	l.proxy = nil
	// Stop closes the listener at once, but the connections only when the accept loop has ended, which may be
	// inside a dial without a deadline: TestEnemyStopWaitsForTheDialToTheOrigin.
	err := bounded(ctx, func() error { proxy.Stop(); return nil })
	if err != nil {
		return fmt.Errorf("drop the connections to %s: %w", l.origin, err)
	}
	return nil
}

func (l *Link) leave() error {
	port := l.port
	l.port = nil
	if port == nil {
		return nil
	}
	return port.release()
}

func (l *Link) start(ctx context.Context) error {
	proxy := toxiproxy.NewProxy(l.server, "link", l.addr.String(), l.origin)
	for _, h := range l.injections {
		if h.plan.ground != listening {
			continue
		}
		if err := add(proxy, h.plan); err != nil { // cannot block: no connection is open
			return err
		}
	}
	if err := l.listen(ctx, proxy); err != nil {
		return fmt.Errorf("listen on %s: %w", l.addr, err)
	}
	at, err := netip.ParseAddrPort(proxy.Listen) // the real port: TestEnemyListenIsRewrittenToTheRealPort
	if err != nil {
		return fmt.Errorf("read address of the listener: %w", err)
	}
	l.proxy = proxy
	l.keep(at)
	return nil
}

// keep notes the port that the system chose. It writes once, within New, so that Addr needs no turn.
func (l *Link) keep(at netip.AddrPort) {
	if l.addr.Port() == 0 {
		l.addr = at
	}
}

// listen starts the proxy.
func (l *Link) listen(ctx context.Context, proxy *toxiproxy.Proxy) error {
	return free(ctx, func() error { return l.port.lend(proxy.Start) })
}

// free takes an address with take as soon as nobody has it. It may be busy for a moment: when the stop of the
// proxy before was given up early, and while a process that is being started, fork done and exec not, has a copy
// of the listener that this one has closed, and so goes on listening: TestNobodyListensWhileProcessesStart.
func free(ctx context.Context, take func() error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	for {
		err := take()
		if !errors.Is(err, syscall.EADDRINUSE) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(callTimeout / 1500): // often enough to be found soon, seldom enough to cost nothing
		}
	}
}

func add(proxy *toxiproxy.Proxy, p plan) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = proxy.Toxics.AddToxicJson(bytes.NewReader(text))
	return err
}
