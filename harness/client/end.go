package client

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/gatequake/gatequake/harness/strain"
)

// End is how an exchange ended, as the client can tell. The zero value means that nothing was tried.
type End string

// The ends.
const (
	// Complete: a whole answer, as its own framing declares.
	Complete End = "complete"
	// Unframed: an answer that only the end of the connection ends, so that a cut is not visible (RFC 9112,
	// section 6.3, item 8).
	Unframed End = "unframed"
	// Truncated: less than the framing declares; the client can see it.
	Truncated End = "truncated"
	// Malformed: bytes that are no HTTP response.
	Malformed End = "malformed"
	// Closed: the connection ended (FIN, of HTTP/2 also GOAWAY) before an answer began.
	Closed End = "closed"
	// Reset: the connection was reset (RST) before an answer began, or, of HTTP/2, the stream was (RST_STREAM),
	// or all of it given up for an error (GOAWAY).
	Reset End = "reset"
	// Refused: no connection: ECONNREFUSED.
	Refused End = "refused"
	// Unreachable: no connection: EHOSTUNREACH, ENETUNREACH, or EACCES, by which Linux tells of ICMPv6
	// "administratively prohibited" what it calls EHOSTUNREACH of ICMP.
	Unreachable End = "unreachable"
	// Unresolved: no connection was tried, as the name had no address, or nobody said which.
	Unresolved End = "unresolved"
	// TimedOut: the time given was over before the answer was.
	TimedOut End = "timed-out"
	// Starved: our own side had no descriptor, memory or buffer left, so that nothing can be said of the other.
	Starved End = "starved"
	// Failed: none of the above; Error says what.
	Failed End = "failed"
)

// malformed marks an error that came after the first byte of an answer.
type malformed struct{ error }

func (m malformed) Unwrap() error { return m.error }

// EndOf tells how an exchange ended that err stopped.
func EndOf(err error) End {
	var m malformed
	var lookup *net.DNSError
	switch {
	case strain.Lacks(err):
		return Starved
	case errors.As(err, &lookup):
		return Unresolved
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, context.Canceled):
		return TimedOut
	case errors.As(err, &m):
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) {
			return Truncated
		}
		return Malformed
	case errors.Is(err, io.EOF):
		return Closed
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Reset
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EACCES):
		return Unreachable
	}
	return Failed
}
