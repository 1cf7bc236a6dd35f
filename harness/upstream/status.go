package upstream

import "net/http"

// Status is a well-formed, stamped answer with this code: an upstream that refuses or fails by its own decision, which a gateway has to relay.
type Status struct {
	Code   int
	Header http.Header // further headers, such as Retry-After
}

// Answer implements Behaviour. The connection is kept unless the request asks for its end.
func (s Status) Answer(r *http.Request, c *Conn) End {
	body := c.Body(r)
	answer := c.Head(r, s.Code, len(body), s.Header)
	if r.Method != http.MethodHead && bodyAllowed(s.Code) {
		answer = append(answer, body...)
	}
	if _, err := c.Write(answer); err != nil || r.Close {
		return Close
	}
	return Keep
}
