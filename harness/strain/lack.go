package strain

import (
	"errors"
	"io/fs"
	"net"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
)

// lacks are what the system says when it has no descriptor, no memory or no buffer left, of this process or of all.
var lacks = []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOBUFS}

// Lacks reports whether err, wherever it comes from, is a lack of the machine's: of descriptors, memory, buffers
// or processes. It says nothing of anybody else.
func Lacks(err error) bool {
	var start *fs.PathError
	// A limit of processes; of a socket it is no lack.
	if errors.As(err, &start) && start.Op == "fork/exec" && errors.Is(err, syscall.EAGAIN) {
		return true
	}
	return slices.ContainsFunc(lacks, func(l error) bool { return errors.Is(err, l) })
}

// noted is the last lack that was noted: of the process, as its descriptors are.
var noted atomic.Pointer[lack]

type lack struct {
	at time.Time
	error
}

// Note notes err for Noted if it is a lack, and reports whether it is one. Whoever plays a part of the world,
// and has nobody to return an error to, calls it: an upstream of the harness that cannot accept looks to a client
// like a gateway that does not work.
func Note(err error) bool {
	is := err != nil && Lacks(err)
	if is {
		noted.Store(&lack{time.Now(), err})
	}
	return is
}

// Noted returns the last lack that was noted in this process since then, or nil.
func Noted(since time.Time) error {
	if l := noted.Load(); l != nil && !l.at.Before(since) {
		return l.error
	}
	return nil
}

// again is how long Accept waits when the machine lacks something: as long as net/http does at first.
const again = 10 * time.Millisecond

// Accept accepts a connection for a part of the world. A lack is noted, and the connection waits until it has
// passed: what the harness refuses must not look like the gateway's doing. All other errors are returned.
func Accept[C any](accept func() (C, error)) (C, error) {
	for {
		c, err := accept()
		if !Note(err) {
			return c, err
		}
		time.Sleep(again)
	}
}

// Listener is a listener that accepts as Accept does.
type Listener struct{ net.Listener }

// Accept implements net.Listener.
func (l Listener) Accept() (net.Conn, error) { return Accept(l.Listener.Accept) }
