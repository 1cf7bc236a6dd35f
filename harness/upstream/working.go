package upstream

import (
	"net/http"
	"time"
)

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
