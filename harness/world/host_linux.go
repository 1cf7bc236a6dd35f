package world

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Host is another computer inside a sealed world: a network namespace with a loopback of its own, and no way to
// anywhere until a cable leads there. It ends with the world. A nil Host is the world itself.
type Host struct{ ns *os.File }

// NewHost makes a host. Sealed worlds only.
func (w *World) NewHost() (*Host, error) {
	if reason := w.Lacks(AnyAddress); reason != "" {
		return nil, fmt.Errorf("make host: %s: %w", reason, errors.ErrUnsupported)
	}
	h := &Host{}
	if err := onThread(func() (err error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		h.ns, err = os.Open(threadNetwork)
		return err
	}); err != nil {
		return nil, fmt.Errorf("make host: %w", err)
	}
	if err := h.Do(func() error { return setLink("lo", true) }); err != nil {
		return nil, fmt.Errorf("make host: %w", err)
	}
	return h, nil
}

const threadNetwork = "/proc/thread-self/ns/net"

// onThread runs f on a system thread that nothing else uses, and brings the thread home when f has moved it.
func onThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		home, err := os.Open(threadNetwork)
		if err != nil {
			done <- err
			return
		}
		err = f()
		if unix.Setns(int(home.Fd()), unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		} // Else the thread ends with this goroutine.
		_ = home.Close()
		done <- err
	}()
	return <-done
}

// Do runs f on a thread that is in the host's network: sockets that f opens and processes that it starts are there.
func (h *Host) Do(f func() error) error {
	if h == nil {
		return f()
	}
	return onThread(func() error {
		if err := unix.Setns(int(h.ns.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter host: %w", err)
		}
		return f()
	})
}

// Network is the host's network namespace, open for as long as the world lives.
func (h *Host) Network() *os.File { return h.ns }

// Forwards lets the host pass on what is for others, as a router does.
func (h *Host) Forwards() error {
	return h.Do(func() error { return sysctl("/proc/sys/net/ipv4/ip_forward", "1") })
}

// setLink brings the interface up or down, in the network of the calling thread.
func setLink(name string, up bool) error {
	link, err := netlink.LinkByName(name)
	if err == nil && up {
		err = netlink.LinkSetUp(link)
	} else if err == nil {
		err = netlink.LinkSetDown(link)
	}
	if err != nil {
		return fmt.Errorf("set %s up (%t): %w", name, up, err)
	}
	return nil
}
