package upstream

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"

	"github.com/gatequake/gatequake/harness/stamp"
)

// Polyglot is a Behaviour that can be had in every language that an origin speaks. Others are mistakes that only an
// answer of HTTP/1 can have.
type Polyglot interface {
	Behaviour
	// AnswerIn is Answer in another language than HTTP/1: what it has to say is written to w, and flushed if the
	// connection is to end. By then the body of r is read; reading it gives it once more.
	AnswerIn(w http.ResponseWriter, r *http.Request, c *Conn) End
}

// InEveryLanguage reports whether the behaviour can be had in every language that an origin speaks.
func InEveryLanguage(b Behaviour) bool {
	switch b := b.(type) {
	case Raw:
		return len(b.Bytes) == 0
	case Canned:
		return (len(b.Bytes) == 0 || b.Foreign) && b.Every == 0
	}
	_, can := b.(Polyglot)
	return can
}

// language tells what the client begins to speak, of what the origin speaks besides HTTP/1. Whoever begins in HTTP/1 is
// answered in it.
func (o *Origin) language(in *bufio.Reader) Language {
	switch {
	case o.speaks == HTTP2Spoken && starts(in, http2Start):
		return HTTP2Spoken
	case o.speaks == FastCGISpoken && starts(in, fastCGIStart):
		return FastCGISpoken
	case o.speaks == UWSGISpoken && startsUWSGI(in), o.speaks == SCGISpoken && startsSCGI(in):
		return o.speaks
	}
	return HTTP1Spoken
}

// serveIn answers requests in another language than HTTP/1 until the connection ends.
func (c *Conn) serveIn(l Language, in *bufio.Reader) {
	wire := &wire{Conn: c.Conn, in: in, closed: make(chan struct{})}
	c.wire = wire
	answer := http.HandlerFunc(c.answerIn)
	switch l {
	case FastCGISpoken:
		_ = fcgi.Serve(&oneConnListener{conn: wire, closed: wire.closed}, answer)
	case UWSGISpoken, SCGISpoken:
		_ = serveCGI(wire, wire.in, l, answer)
	default:
		new(http2.Server).ServeConn(wire, &http2.ServeConnOpts{Handler: answer})
	}
	_ = wire.Close()
}

// answerIn records r, reads it to its end, waits for a worker and has it answered, as exchange does in HTTP/1.
func (c *Conn) answerIn(w http.ResponseWriter, r *http.Request) {
	behaviour, polyglot := c.origin.behaviour().(Polyglot)
	c.origin.note(event{Hit: http2Hit(c.ID, r)})
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return // The client is gone.
	}
	if len(content) > 0 {
		c.origin.note(event{Body: &body{Connection: c.ID, Bytes: int64(len(content))}})
	}
	r.Body = io.NopCloser(bytes.NewReader(content))
	if c.origin.workers != nil {
		select {
		case c.origin.workers <- struct{}{}:
			defer func() { <-c.origin.workers }()
		case <-r.Context().Done():
			return
		case <-c.wire.closed:
			return
		case <-c.origin.closed:
			return
		}
	}
	end := Reset
	if polyglot {
		end = behaviour.AnswerIn(w, r, c)
	}
	if end != Keep {
		end.of(c.Conn, c.tcp)
		_ = c.wire.Close()
	}
}

// gone returns when nobody waits for an answer to r any more.
func (c *Conn) gone(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-c.wire.closed:
	case <-c.origin.closed:
	}
}

// stamped gives an answer in another language than HTTP/1 the head that Head gives one in HTTP/1.
func (c *Conn) stamped(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set(stamp.Origin, c.origin.name)
	h.Set(stamp.Answer, r.Header.Get(stamp.Nonce))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
}

// wire is the connection below another language than HTTP/1: what is written can be slowed down, and the end of it is
// heard.
type wire struct {
	net.Conn
	in     *bufio.Reader
	pace   atomic.Int64 // between two bytes, in nanoseconds; 0 for none
	once   sync.Once
	closed chan struct{}
}

// Read hears the end.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	if err != nil {
		w.once.Do(func() { close(w.closed) })
	}
	return n, err
}

// Write writes byte by byte where there is a pace.
func (w *wire) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		pace, some := time.Duration(w.pace.Load()), 0
		if pace == 0 {
			some, err = w.Conn.Write(p[n:])
			n += some
			continue
		}
		some, err = w.Conn.Write(p[n : n+1])
		n += some
		select {
		case <-time.After(pace):
		case <-w.closed:
			return n, net.ErrClosed
		}
	}
	return n, err
}

// Close ends it.
func (w *wire) Close() error {
	w.once.Do(func() { close(w.closed) })
	return w.Conn.Close()
}
