package upstream

import (
	"net/http"
	"time"
)

// Status is a well-formed, stamped answer with this code: an upstream that refuses or fails by its own decision,
// which a gateway has to relay.
type Status struct {
	Code   int
	Header http.Header // further headers, such as Retry-After
	// Pause is how long after the first half of the body the second comes.
	Pause time.Duration
}

// Answer implements Behaviour. The connection is kept unless the request asks for its end.
func (s Status) Answer(r *http.Request, c *Conn) End {
	body := c.Body(r)
	answer := c.Head(r, s.Code, len(body), s.Header)
	if r.Method == http.MethodHead || !bodyAllowed(s.Code) {
		body = nil
	}
	half := len(body) / 2
	answer = append(answer, body[:half]...)
	if s.Pause > 0 {
		if _, err := c.Write(answer); err != nil {
			return Close
		}
		time.Sleep(s.Pause)
		answer = nil
	}
	if _, err := c.Write(append(answer, body[half:]...)); err != nil || r.Close {
		return Close
	}
	return Keep
}
