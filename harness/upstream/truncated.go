package upstream

import (
	"bytes"
	"net/http"
)

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
