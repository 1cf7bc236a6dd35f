package upstream

import "net/http"

// WornOut answers the first After requests of each connection with a stamped 200 and closes it, answering nothing,
// when it has read the next: to a client that is what a server does whose idle timeout strikes while a request
// is on its way.
type WornOut struct {
	After int
}

// Answer implements Behaviour.
func (b WornOut) Answer(r *http.Request, c *Conn) End {
	if c.requests > b.After {
		return Close
	}
	return Status{Code: http.StatusOK}.Answer(r, c)
}
