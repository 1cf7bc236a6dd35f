package upstream

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
)

// maxHead bounds the head of a request: the 1 MiB at which net/http gives up too, and far above what a gateway sends.
const maxHead = 1 << 20

// Conn is the connection a request came in on, as a Behaviour gets it: what is written goes to the client as it
// is, inside TLS when the origin speaks TLS.
type Conn struct {
	net.Conn
	ID int // its place in the order of accepted connections, from 1

	tcp      *net.TCPConn // below TLS, or Conn itself
	origin   *Origin
	requests int // read on it so far
	answered time.Time
	wire     *wire // of another language than HTTP/1
}

// serve answers requests until one of them ends the connection, or the client does. It is a loop over
// http.ReadRequest and not an http.Server, which would answer by itself what it cannot read (a 400 that the origin
// never wrote) and reads on behind the back of a handler.
func (c *Conn) serve() {
	if c.origin.proxied {
		c.introduce()
	}
	if !c.handshake() {
		return
	}
	begin := io.Reader(c.Conn)
	if c.origin.speaks != HTTP1Spoken {
		in := bufio.NewReader(c.Conn)
		if l := c.origin.language(in); l != HTTP1Spoken {
			c.serveIn(l, in)
			return
		}
		begin = in
	}
	limit := &io.LimitedReader{R: begin}
	in := bufio.NewReader(limit)
	end := Keep
	for end == Keep {
		limit.N = maxHead
		c.await()
		r, err := c.request(in)
		if errors.Is(err, io.EOF) && c.requests > 0 {
			c.origin.idleEnds.note(c.answered)
		}
		if err != nil || r.ProtoMajor != 1 { // "PRI * HTTP/2.0" is a request to ReadRequest
			end = Close
			break
		}
		limit.N = math.MaxInt64
		_ = c.SetReadDeadline(time.Time{}) // It has begun in time.
		end = c.exchange(r)
		c.answered = time.Now()
	}
	end.of(c.Conn, c.tcp)
}

// request reads a request. What begins like none is not waited for, because it may never have the end of a line, and
// gets what Misread says.
func (c *Conn) request(in *bufio.Reader) (*http.Request, error) {
	first, err := in.Peek(1)
	if err != nil {
		return nil, err
	}
	if first[0] > ' ' && first[0] < 0x7f {
		return http.ReadRequest(in)
	}
	if answer, ok := c.origin.misread.top(); ok {
		_, _ = c.Write(answer)
	}
	return nil, fmt.Errorf("read request: it begins with the byte %#x", first[0])
}

// exchange records r, reads it to its end, waits for a worker and has it answered: by the behaviour of the moment
// of its hit, so that a harness that has seen the hit can take the behaviour back.
func (c *Conn) exchange(r *http.Request) End {
	behaviour := c.origin.behaviour()
	c.requests++
	c.origin.note(event{Hit: c.hit(r)})
	if err := c.readBody(r); err != nil {
		return Close
	}
	if c.origin.workers != nil {
		select {
		case c.origin.workers <- struct{}{}:
			// Given back before the connection ends, so that a client that sees the end can count on the worker.
			defer func() { <-c.origin.workers }()
		case <-c.origin.closed:
			return Close
		}
	}
	return behaviour.Answer(r, c)
}

func (c *Conn) hit(r *http.Request) *Hit {
	remote, _ := netip.ParseAddrPort(c.RemoteAddr().String())
	return &Hit{
		Nonce: r.Header.Get(stamp.Nonce), Method: r.Method, Path: r.RequestURI, Host: r.Host, Header: r.Header.Clone(),
		Remote: remote, Connection: c.ID, At: time.Now(),
	}
}

// readBody reads and counts the body of r, after telling a client that waits for it to go on.
func (c *Conn) readBody(r *http.Request) error {
	if r.ContentLength == 0 {
		return nil
	}
	if r.ProtoAtLeast(1, 1) && r.Header.Get("Expect") == "100-continue" {
		if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return err
		}
	}
	n, err := io.Copy(io.Discard, r.Body)
	c.origin.note(event{Body: &body{Connection: c.ID, Bytes: n}})
	return err
}

// await gives the client as long as the origin has patience to begin another request.
func (c *Conn) await() {
	deadline := time.Time{} // None.
	if patience, ok := c.origin.idle.top(); ok && c.requests > 0 {
		deadline = time.Now().Add(patience)
	}
	_ = c.SetReadDeadline(deadline) // It fails on a closed connection only, as the read does.
}
