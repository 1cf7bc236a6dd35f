package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"syscall"
	"time"
)

// End is how an exchange ended, as the client can tell. The zero value means that nothing was tried.
type End string

// The ends.
const (
	// Complete: a whole answer, as its own framing declares.
	Complete End = "complete"
	// Unframed: an answer that only the end of the connection ends, so that a cut is not visible (RFC 9112, section 6.3, item 8).
	Unframed End = "unframed"
	// Truncated: less than the framing declares; the client can see it.
	Truncated End = "truncated"
	// Malformed: bytes that are no HTTP response.
	Malformed End = "malformed"
	// Closed: the connection ended (FIN) before an answer began.
	Closed End = "closed"
	// Reset: the connection was reset (RST) before an answer began.
	Reset End = "reset"
	// Refused: no connection: ECONNREFUSED.
	Refused End = "refused"
	// Unreachable: no connection: EHOSTUNREACH or ENETUNREACH.
	Unreachable End = "unreachable"
	// TimedOut: the time given was over before the answer was.
	TimedOut End = "timed-out"
	// Failed: none of the above; Error says what.
	Failed End = "failed"
)

// maxBody bounds how much of a body is kept. The rest is counted and dropped.
const maxBody = 1 << 20

// Response is the record of one exchange. It is plain data; nothing in it is live.
type Response struct {
	// Status is the status code of the final (not 1xx) response; 0 if none came.
	Status int
	Header http.Header
	// Body is the body's first MiB; BodyBytes counts all of it.
	Body      []byte
	BodyBytes int64
	End       End
	// Error is the error behind an End that is not Complete or Unframed.
	Error string
	// Connect is the time to connect; zero on a connection that was used before. Head and Took count from the first byte of the request.
	Connect, Head, Took time.Duration
	// Keep is true when the answer's framing and headers leave the connection open for another request.
	Keep bool
}

// Do sends r and reads one response. It returns when the response is complete, when the connection fails, or when ctx ends.
func (c *Conn) Do(ctx context.Context, r Request) (resp Response) {
	resp.Connect, c.connect = c.connect, 0
	begin := time.Now()
	defer func() { resp.Took = time.Since(begin) }()
	// Both a deadline and a cancelled context end a blocked read.
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	// When the write fails, the gateway may have answered before it closed: read on, and let the read say what happened.
	_, writeErr := c.conn.Write(r.bytes())
	head, err := c.head(r)
	if errors.Is(err, io.EOF) && writeErr != nil {
		err = writeErr // The kernel tells of a reset once: who hears of it in a write reads a clean end.
	}
	if err != nil {
		resp.End, resp.Error = EndOf(err), err.Error()
		return resp
	}
	resp.Status, resp.Header, resp.Head = head.StatusCode, head.Header, time.Since(begin)
	c.body(head, &resp)
	return resp
}

// head reads the head of the final response, past any interim ones (RFC 9110, section 15.2).
func (c *Conn) head(r Request) (*http.Response, error) {
	if _, err := c.reader.Peek(1); err != nil {
		return nil, err
	}
	for {
		head, err := http.ReadResponse(c.reader, &http.Request{Method: r.Method})
		if err != nil {
			return nil, malformed{err}
		}
		if head.StatusCode < 100 || head.StatusCode > 199 || head.StatusCode == http.StatusSwitchingProtocols {
			return head, nil
		}
	}
}

func (c *Conn) body(head *http.Response, resp *Response) {
	var err error
	resp.Body, err = io.ReadAll(io.LimitReader(head.Body, maxBody))
	resp.BodyBytes = int64(len(resp.Body))
	if err == nil {
		var rest int64
		rest, err = io.Copy(io.Discard, head.Body)
		resp.BodyBytes += rest
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		resp.End, resp.Error = TimedOut, err.Error()
	case err != nil:
		resp.End, resp.Error = Truncated, err.Error()
	case head.ContentLength < 0 && len(head.TransferEncoding) == 0:
		resp.End, resp.Error = Unframed, ""
	default:
		resp.End, resp.Error, resp.Keep = Complete, "", !head.Close
	}
}

// Rest reads what still comes on the connection until it ends or ctx does, and tells how much that was and how it ended: Closed for a clean end.
func (c *Conn) Rest(ctx context.Context) (surplus int64, end End) {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	surplus, err := io.Copy(io.Discard, c.reader)
	if err != nil {
		return surplus, EndOf(err)
	}
	return surplus, Closed
}

// malformed marks an error that came after the first byte of an answer.
type malformed struct{ error }

func (m malformed) Unwrap() error { return m.error }

// EndOf tells how an exchange ended that err stopped.
func EndOf(err error) End {
	var m malformed
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
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
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Unreachable
	}
	return Failed
}
