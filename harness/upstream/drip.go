package upstream

import (
	"net/http"
	"time"
)

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
