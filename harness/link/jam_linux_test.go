package link

import (
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/sockets"
)

// waiting returns how many bytes c could read at once.
func waiting(t testing.TB, c *net.TCPConn) int {
	t.Helper()
	conn, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var n int32
	_ = conn.Control(func(fd uintptr) {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCINQ, uintptr(unsafe.Pointer(&n)))
	})
	return int(n)
}

// jam asks c for more than fits between an origin that blasts and a client that does not read, and returns when
// Toxiproxy is blocked by it.
func jam(t testing.TB, c *net.TCPConn) {
	t.Helper()
	before := stacks("[chan send", "toxics.(*ToxicStub).Run") // of connections that were jammed earlier
	send(t, c, "?")
	last, since := -1, time.Now()
	NewWithT(t).Eventually(func() bool {
		full := stacks("[IO wait", "FD).Write(", "(*ToxicLink).write") > 0 &&
			stacks("[chan send", "toxics.(*ToxicStub).Run") > before
		if n := waiting(t, c); n != last || !full {
			last, since = n, time.Now()
		}
		return last > 0 && time.Since(since) > 200*time.Millisecond // a chunk in transit is gone sooner
	}).WithTimeout(soon).WithPolling(10 * time.Millisecond).Should(BeTrue())
}

// stacks counts the goroutines whose stack has all of the words.
func stacks(words ...string) (n int) {
	text := make([]byte, 1<<20)
	for _, one := range strings.Split(string(text[:runtime.Stack(text, true)]), "\n\n") {
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(one, word) }) {
			n++
		}
	}
	return n
}

// blackhole returns an address where a SYN gets no answer, and a function that ends that: a full accept queue.
func blackhole(t testing.TB) (addr string, open func()) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }) // a backlog of 0 holds one connection
	if err != nil {
		t.Fatal(err)
	}
	filler := dial(t, l.Addr().String())
	open = func() { _ = l.Close(); runtime.KeepAlive(filler) }
	t.Cleanup(open)
	return l.Addr().String(), open
}

// dialling returns how many connections to addr wait for an answer to their SYN.
func dialling(t testing.TB, addr string) int {
	t.Helper()
	table, err := sockets.TCP(sockets.IPv4)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range table {
		if s.State == sockets.SynSent && s.Remote == netip.MustParseAddrPort(addr) {
			n++
		}
	}
	return n
}
