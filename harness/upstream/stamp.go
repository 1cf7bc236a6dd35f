package upstream

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// The headers by which a probe recognises an answer of ours.
const (
	NonceHeader  = "Gatequake-Nonce"  // of a request: what its answer is to be stamped with
	OriginHeader = "Gatequake-Origin" // of an answer: the name of the origin that wrote it
	StampHeader  = "Gatequake-Stamp"  // of an answer: the nonce of the request it answers, empty when that had none
)

// CheckStamp returns nil when an answer with these headers and this body was written by origin for the request that carried nonce, and an error that
// says what differs otherwise. The body counts too: a gateway may put one answer's body under another's head. A nil body (HEAD) is not looked at.
func CheckStamp(h http.Header, body []byte, origin, nonce string) error {
	if got := h.Get(OriginHeader); got != origin {
		return fmt.Errorf("check stamp: %s: got %q, want %q", OriginHeader, got, origin)
	}
	if got := h.Get(StampHeader); got != nonce {
		return fmt.Errorf("check stamp: %s: got %q, want %q", StampHeader, got, nonce)
	}
	if want := stampedBody(origin, nonce); body != nil && !bytes.Contains(body, want) {
		const enough = 80 // of a foreign body, to see what it is: one line of a terminal
		return fmt.Errorf("check stamp: body: got %.*q, want %q in it", enough, body, want)
	}
	return nil
}

// stampedBody is the body of a healthy answer.
func stampedBody(origin, nonce string) []byte {
	return fmt.Appendf(nil, "answered by %s for %s\n", origin, nonce)
}

// Body returns the stamped body of an answer to r.
func (c *Conn) Body(r *http.Request) []byte {
	return stampedBody(c.origin.name, r.Header.Get(NonceHeader))
}

// Head returns the stamped head of an answer to r, to its empty line, which announces length bytes of body; a negative length announces a body that
// ends with the connection. It is not to be cached: the stamp of a stored answer is never the right one.
func (c *Conn) Head(r *http.Request, code, length int, extra http.Header) []byte {
	h := http.Header{
		"Date":          {time.Now().UTC().Format(http.TimeFormat)},
		"Cache-Control": {"no-store"},
		OriginHeader:    {c.origin.name},
		StampHeader:     {r.Header.Get(NonceHeader)},
	}
	if bodyAllowed(code) {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		if length >= 0 {
			h.Set("Content-Length", strconv.Itoa(length))
		}
	}
	switch {
	case r.Close || length < 0:
		h.Set("Connection", "close")
	case !r.ProtoAtLeast(1, 1): // HTTP/1.0 keeps a connection only when both sides say so
		h.Set("Connection", "keep-alive")
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %03d %s\r\n", code, http.StatusText(code))
	_ = h.Write(&head)
	_ = extra.Write(&head)
	head.WriteString("\r\n")
	return head.Bytes()
}

// bodyAllowed reports whether RFC 9110 (section 6.4.1) lets an answer with this code have a body.
func bodyAllowed(code int) bool {
	return code >= 200 && code != http.StatusNoContent && code != http.StatusNotModified
}
