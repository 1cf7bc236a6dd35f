package upstream

import "net/http"

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
