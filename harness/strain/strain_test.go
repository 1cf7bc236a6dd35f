package strain

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// still is a monitor whose timer is in the test's hand: it wakes when the test says so, and is not late before.
func still(look func() Load) *Monitor {
	return &Monitor{look: look, due: time.Now().Add(time.Hour)}
}

func TestLateIsTheLongestWaitOfTheTimer(t *testing.T) {
	m := still(func() Load { return Load{} })
	now := time.Now()
	m.delays = []delay{{now.Add(-time.Minute), 7 * time.Second}}
	s := m.Begin()
	m.delays = append(m.delays, delay{now.Add(time.Second), 3 * time.Second},
		delay{now.Add(2 * time.Second), time.Second})
	if got := m.Late(s); got != 3*time.Second {
		t.Errorf("got %s, want the longest since the span began", got)
	}
	m.due = time.Now().Add(-4 * time.Second)
	if got := m.Late(s); got < 4*time.Second {
		t.Errorf("got %s, want the four seconds and more for which it has not woken", got)
	}
}

// TestLateIsWhatOthersTook: a gateway that keeps the processors busy by itself is not the machine's fault.
func TestLateIsWhatOthersTook(t *testing.T) {
	threads := func(waits ...time.Duration) map[Thread]time.Duration {
		all := map[Thread]time.Duration{{"8", "8"}: waits[0]}
		for i, w := range waits[1:] {
			all[Thread{"9", fmt.Sprint(9 + i)}] = w
		}
		return all
	}
	three := threads(time.Second, 2*time.Second, time.Second) // One of a process, and two of another.
	for name, c := range map[string]struct {
		after Load
		want  time.Duration
	}{
		"others ran":              {Load{Ran: time.Second, Waited: three, Busy: 8 * time.Second}, 3 * time.Second},
		"only they ran":           {Load{Ran: 8 * time.Second, Waited: three, Busy: 8 * time.Second}, 0},
		"others ran for a moment": {Load{Ran: 7 * time.Second, Waited: three, Busy: 8 * time.Second}, time.Second},
		"nobody waited":           {Load{Ran: time.Second, Waited: threads(0, 0), Busy: 8 * time.Second}, 0},
		"all have ended":          {Load{Busy: 8 * time.Second}, 0},
	} {
		l := Load{}
		m := still(func() Load { return l })
		s := m.Begin()
		l, m.last = c.after, reading{}
		if got := m.Late(s); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestWatchSeesAStop(t *testing.T) {
	m := Watch(nil)
	defer m.Close()
	s := m.Begin()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(Tick) {
		m.mu.Lock()
		due := m.due
		m.mu.Unlock()
		if due.After(s.begin.Add(Tick)) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("got a timer that does not wake in a minute, want one that does")
		}
	}
	var none *Monitor
	if none.Close(); none.Late(none.Begin()) != 0 {
		t.Error("got a measure of no monitor, want none")
	}
}

func TestLacks(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.EOF, false},
		{os.ErrDeadlineExceeded, false},
		{fmt.Errorf("dial: %w", &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.EMFILE)}), true},
		{&net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.ENFILE)}, true},
		{syscall.ENOMEM, true},
		{syscall.ENOBUFS, true},
		{&fs.PathError{Op: "fork/exec", Path: "/x", Err: syscall.EAGAIN}, true},
		// The other side's queue is full.
		{&net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.EAGAIN)}, false},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, false},
	} {
		if got := Lacks(c.err); got != c.want {
			t.Errorf("%v: got %t, want %t", c.err, got, c.want)
		}
	}
}
