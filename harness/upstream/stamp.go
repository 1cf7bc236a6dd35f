package upstream

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
)

// Body returns the stamped body of an answer to r.
func (c *Conn) Body(r *http.Request) []byte {
	return stamp.Body(c.origin.name, r.Header.Get(stamp.Nonce))
}

// Head returns the stamped head of an answer to r, to its empty line, which announces length bytes of body; a
// negative length announces a body that ends with the connection. It is not to be cached: the stamp of a stored
// answer is never the right one.
func (c *Conn) Head(r *http.Request, code, length int, extra http.Header) []byte {
	h := http.Header{
		"Date":          {time.Now().UTC().Format(http.TimeFormat)},
		"Cache-Control": {"no-store"},
		stamp.Origin:    {c.origin.name},
		stamp.Answer:    {r.Header.Get(stamp.Nonce)},
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
