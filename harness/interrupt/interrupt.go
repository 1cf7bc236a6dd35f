// Package interrupt turns the signals that ask a process to end into the end of a context, so that it can end cleanly
// and report what it has. It imports little, so that package early is initialised early.
package interrupt

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// caught are the signals from the moment of Early on; nil if that was not called.
var caught chan os.Signal

// Early catches the signals from now on, for the Context to come: none of them ends the process any more.
func Early() {
	if caught == nil {
		caught = make(chan os.Signal, 1)
		notify(caught)
	}
}

// notify sends the signals to c. SIGQUIT is among them: a dump of goroutines tells a user nothing, and SIGABRT still
// makes one. Who starts the process with SIGHUP or SIGQUIT ignored (nohup, a shell's background) means it to go on.
func notify(c chan os.Signal) {
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) {
			signal.Notify(c, s)
		}
	}
}

// Signalled is the cause of a context that a signal ended.
type Signalled struct{ os.Signal }

// Error names the signal.
func (s Signalled) Error() string { return "interrupted (" + s.String() + ")" }

// Context returns a context that ends with the first of the signals, of which the cause is then a Signalled, or at
// stop.
func Context(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	c := caught
	if c == nil {
		c = make(chan os.Signal, 1)
		notify(c)
	}
	go func() {
		select {
		case s := <-c:
			cancel(Signalled{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel(nil)
		if c != caught {
			signal.Stop(c)
		}
	}
}

// OutlivePipes keeps the process from being ended by a write to a pipe whose reader is gone, until stop; such a write
// is an error then.
func OutlivePipes() (stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGPIPE) // Not ignored: gateways would inherit that.
	return func() { signal.Stop(c) }
}
