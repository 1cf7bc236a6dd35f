package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatequake/gatequake/harness/interrupt"
	"github.com/gatequake/gatequake/harness/report"
)

// The exit statuses. 64 is EX_USAGE of sysexits.h; 130 is what shells make of an interrupt.
const (
	statusHolds       = 0
	statusFails       = 1
	statusUnclear     = 2
	statusUsage       = 64
	statusInterrupted = 130
)

// exit is an exit status, with the one line on standard error that says why; nil for a status that the output explains.
type exit struct {
	status int
	err    error
	// measured is true for the status of a run that was measured, as far as it went.
	measured bool
}

// Error is the line.
func (e exit) Error() string { return fmt.Sprint(e.err) }

// Unwrap returns the reason.
func (e exit) Unwrap() error { return e.err }

// usage is a mistake in what was typed.
func usage(format string, args ...any) error {
	return exit{status: statusUsage, err: fmt.Errorf(format, args...)}
}

// unclear is what keeps a run from telling anything.
func unclear(err error) error { return exit{status: statusUnclear, err: err} }

// interrupted is err, but that what could not be done because a signal came is interrupted and nothing else: what a
// killed helper or a context that ended is told as.
func interrupted(ctx context.Context, err error) error {
	var signalled interrupt.Signalled
	var e exit
	if errors.As(context.Cause(ctx), &signalled) && errors.As(err, &e) && e.status == statusUnclear && !e.measured {
		return exit{status: statusInterrupted, err: fmt.Errorf("%w before there was anything to report", signalled)}
	}
	return err
}

// measured is err of a run that was measured, as far as it went: its status stands, whatever signal comes then.
func measured(err error) error {
	var e exit
	if errors.As(err, &e) {
		e.measured = true
		return e
	}
	return err
}

// status prints the error's line, if there is one, and returns the exit status. An error that carries none is one of
// the flag and argument parser's.
func (a *app) status(err error) int {
	if err == nil {
		return statusHolds
	}
	var e exit
	if !errors.As(err, &e) {
		e = exit{status: statusUsage, err: err}
	}
	if e.err != nil {
		_, _ = fmt.Fprintln(a.err, "gatequake: "+report.Safe(cut(e.err.Error())))
	}
	return e.status
}

// longest bounds the line of an error, in bytes: several times that which lists every experiment. What is wrong with
// a file may be as long as the file.
const longest = 16 << 10

func cut(line string) string {
	if len(line) > longest {
		return line[:longest] + "…"
	}
	return line
}

// conclude turns a run into its exit status.
func conclude(r report.Run) error {
	c := r.Counts()
	switch {
	case r.Interrupted:
		return exit{status: statusInterrupted}
	case c.Fail > 0:
		return exit{status: statusFails}
	case c.Inconclusive > 0:
		return exit{status: statusUnclear}
	case r.Shard != nil && r.Shard.Whole > 0 && r.Planned == 0:
		return nil // There are more shards than experiments.
	case c.Ran() == 0:
		return unclear(
			fmt.Errorf("nothing ran: all %d experiments are unsupported here; see gatequake doctor", c.Unsupported),
		)
	}
	return nil
}
