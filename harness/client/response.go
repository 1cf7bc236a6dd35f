package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
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
	// Trailer holds the fields behind the body of an HTTP/2 answer.
	Trailer http.Header
	// Connect is the time to connect, TLS included, and Handshake the part of it that was TLS; zero on a connection
	// that was used before. First (to the first byte of an answer, which over HTTP/2 is its head), Head and Took
	// count from the first byte of the request.
	Connect, Handshake, First, Head, Took time.Duration
	// Keep is true when the answer's framing and headers leave the connection open for another request.
	Keep bool
	// Gone is true when the connection itself ended, by FIN or RST, before anything of an answer came. A stream
	// of HTTP/2 that was reset on a connection that stays is not gone, nor is one that was given up for an
	// error (GOAWAY).
	Gone bool
}

// Do sends r and reads one response. It returns when the response is complete, when the connection fails, or when
// ctx ends.
func (c *Conn) Do(ctx context.Context, r Request) (resp Response) {
	resp.Connect, resp.Handshake = c.connect, c.handshake
	c.connect, c.handshake = 0, 0
	begin := time.Now()
	defer func() { resp.Took = time.Since(begin) }()
	// Both a deadline and a cancelled context end a blocked read.
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if c.streams != nil {
		c.streams.exchange(c.conn, r, begin, &resp)
		return resp
	}
	// When the write fails, the gateway may have answered before it closed: read on, and let the read say
	// what happened.
	writeErr := r.send(c.conn, r.bytes(c.protocol))
	head, err := c.head(r, func() { resp.First = time.Since(begin) })
	if errors.Is(err, io.EOF) && writeErr != nil {
		err = writeErr // The kernel tells of a reset once: who hears of it in a write reads a clean end.
	}
	if err != nil && ctx.Err() != nil {
		// A time that ran out in the middle of a line reads as a malformed line.
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	if err != nil {
		resp.End, resp.Error = EndOf(err), err.Error()
		resp.Gone = resp.End == Closed || resp.End == Reset
		return resp
	}
	resp.Status, resp.Header, resp.Head = head.StatusCode, head.Header, time.Since(begin)
	c.body(head, &resp)
	if c.protocol == HTTP10 {
		resp.Keep = false // Nobody asked for it.
	}
	if c.protocol == HTTP10 && len(head.TransferEncoding) > 0 && resp.End != TimedOut {
		resp.End, resp.Error = Malformed, "a transfer coding, which HTTP/1.0 does not know (RFC 9112, section 6.1)"
	}
	return resp
}

// head reads the head of the final response, past any interim ones (RFC 9110, section 15.2). It calls begun when
// the first byte of anything is there.
func (c *Conn) head(r Request, begun func()) (*http.Response, error) {
	if _, err := c.reader.Peek(1); err != nil {
		return nil, err
	}
	begun()
	if err := c.begins("HTTP/"); err != nil {
		return nil, malformed{err}
	}
	for {
		head, err := http.ReadResponse(c.reader, &http.Request{Method: r.Method})
		if err != nil {
			return nil, malformed{err}
		}
		if head.StatusCode == 0 { // Go takes any three digits; 0 is what an observation without an answer has.
			return nil, malformed{errors.New("got status 000, want 100 or more")}
		}
		interim := head.StatusCode >= 100 && head.StatusCode <= 199 && head.StatusCode != http.StatusSwitchingProtocols
		if !interim || c.protocol == HTTP10 { // A client of HTTP/1.0 knows no interim answers.
			return head, nil
		}
	}
}

// begins returns an error as soon as what comes differs from want: for the end of a line that is no HTTP one
// might wait for ever.
func (c *Conn) begins(want string) error {
	for n := range len(want) {
		start, err := c.reader.Peek(n + 1)
		if err != nil {
			return nil // Whoever reads on meets the error.
		}
		if start[n] != want[n] {
			return fmt.Errorf("got %q, want %s", start, want)
		}
	}
	return nil
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

// Rest reads what still comes on the connection until it ends or ctx does, and tells how much that was and how
// it ended: Closed for a clean end. In HTTP/2 a GOAWAY without an error is that end.
func (c *Conn) Rest(ctx context.Context) (surplus int64, end End) {
	if c.streams != nil {
		return 0, c.streams.rest()
	}
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	surplus, err := io.Copy(io.Discard, c.reader)
	if err != nil {
		return surplus, EndOf(err)
	}
	return surplus, Closed
}

// idlePeek is how long Idle and Ended wait for what has come already; it needs to be no more than nothing.
const idlePeek = time.Millisecond

// peek is the error of a look at what has come and was not read yet, on a connection that nothing was asked on:
// os.ErrDeadlineExceeded if nothing has.
func (c *Conn) peek() error {
	_ = c.conn.SetReadDeadline(time.Now().Add(idlePeek))
	defer func() { _ = c.conn.SetReadDeadline(time.Time{}) }()
	_, err := c.reader.Peek(1)
	return err
}

// Idle reports whether the connection is open and silent, so that another request can be sent on it, as far as can be
// seen from here. One over HTTP/2 is never called idle: whoever asks opens another.
func (c *Conn) Idle() bool { return c.streams == nil && errors.Is(c.peek(), os.ErrDeadlineExceeded) }

// Surplus is how many bytes have come that nothing was asked for, as far as can be seen from here: 0 over HTTP/2, whose
// frames say what they belong to.
func (c *Conn) Surplus() int {
	if c.streams != nil {
		return 0
	}
	_ = c.peek() // Without any, how the look ended says nothing here.
	return c.reader.Buffered()
}

// Ended reports whether the other side has ended the connection, as far as can be seen from here, and has said nothing
// more before.
func (c *Conn) Ended() bool {
	err := c.peek()
	return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}
