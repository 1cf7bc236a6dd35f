package upstream

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Silent reads every request and never answers, as a deadlocked server does. The connection stays open until the
// client or the origin closes it, and what was asked stays unanswered after undo.
type Silent struct{}

// Answer implements Behaviour.
func (Silent) Answer(*http.Request, *Conn) End { return Keep }

// Raw answers every request with exactly these bytes, whatever they are, and then ends the connection as Then
// says.
type Raw struct {
	Bytes []byte
	Then  End
}

// Answer implements Behaviour.
func (b Raw) Answer(_ *http.Request, c *Conn) End {
	_, _ = c.Write(b.Bytes)
	return b.Then
}

// Truncated is a stamped 200 that promises Declared bytes of body, sends Sent of them and ends the connection:
// cut short, or, when Sent is the larger, with a surplus.
type Truncated struct {
	Declared, Sent int
	Then           End
}

// Answer implements Behaviour.
func (t Truncated) Answer(r *http.Request, c *Conn) End {
	answer := c.Head(r, http.StatusOK, t.Declared, nil)
	if r.Method != http.MethodHead {
		line := c.Body(r)
		answer = append(answer, bytes.Repeat(line, t.Sent/len(line)+1)[:t.Sent]...)
	}
	_, _ = c.Write(answer)
	return t.Then
}

// Surplus is a whole, stamped 200 with these bytes after its declared end, sent in one write; the connection
// stays open.
type Surplus struct {
	Bytes []byte
}

// Answer implements Behaviour.
func (b Surplus) Answer(r *http.Request, c *Conn) End {
	body := c.Body(r)
	answer := append(c.Head(r, http.StatusOK, len(body), nil), body...)
	if _, err := c.Write(append(answer, b.Bytes...)); err != nil || r.Close {
		return Close
	}
	return Keep
}

// BigHeaders is a valid, stamped 200 whose head is longer than a healthy one by this many bytes. They come in
// lines of 1 to 2 KB, so that the section is too large and no line is: servers bound a line at 4 or 8 KB. Fewer
// bytes than one empty line needs (22) are rounded up to that.
type BigHeaders struct {
	Bytes int
}

// Answer implements Behaviour.
func (b BigHeaders) Answer(r *http.Request, c *Conn) End { return b.status().Answer(r, c) }

func (b BigHeaders) status() Status {
	const name = "Gatequake-Padding"
	const around = len(name + ": \r\n")
	lines := max(1, b.Bytes/1024)
	padding := make([]string, lines)
	for i := range padding {
		size := b.Bytes / lines
		if i < b.Bytes%lines {
			size++
		}
		padding[i] = strings.Repeat("x", max(1, size-around))
	}
	return Status{Code: http.StatusOK, Header: http.Header{name: padding}}
}

// Drip is a stamped 200 that is sent one byte at a time, with this pause after each.
type Drip struct {
	Every time.Duration
}

// Answer implements Behaviour. It ends when the client leaves, too.
func (b Drip) Answer(r *http.Request, c *Conn) End {
	body := c.Body(r)
	answer := append(c.Head(r, http.StatusOK, len(body), nil), body...)
	next := time.NewTicker(b.Every)
	defer next.Stop()
	for i := range answer {
		if _, err := c.Write(answer[i : i+1]); err != nil {
			return Close
		}
		<-next.C
	}
	return Close
}

// Working is a stamped 200 after so much work on it: with Workers in the Options it is what gives an origin a
// capacity, Workers / For.
type Working struct {
	For time.Duration
}

// Answer implements Behaviour.
func (b Working) Answer(r *http.Request, c *Conn) End {
	select {
	case <-time.After(b.For):
		return Status{Code: http.StatusOK}.Answer(r, c)
	case <-c.origin.closed:
		return Close
	}
}

// Expiring closes a connection that has expired, answering nothing, when it has read a request on it; on all others it
// answers with a stamped 200. To a client that is what a server does whose idle timeout strikes while a request is on
// its way. Its zero value lets none expire.
type Expiring struct {
	mu     sync.Mutex
	upTo   int             // the number of the latest connection that has expired
	struck map[string]bool // the methods of the requests that came on one
}

// Expire lets all connections expire up to the one with this number.
func (b *Expiring) Expire(upTo int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.upTo = upTo
}

// Struck reports whether a request with the method has come on an expired connection.
func (b *Expiring) Struck(method string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.struck[method]
}

// Answer implements Behaviour.
func (b *Expiring) Answer(r *http.Request, c *Conn) End {
	if b.expired(r.Method, c.ID) {
		return Close
	}
	return Status{Code: http.StatusOK}.Answer(r, c)
}

func (b *Expiring) expired(method string, connection int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if connection > b.upTo {
		return false
	}
	if b.struck == nil {
		b.struck = map[string]bool{}
	}
	b.struck[method] = true
	return true
}
