package upstream

import "time"

// CloseIdle makes the origin close every connection on which no request has come for d after the answer to the
// last. It takes effect with the next answer on each; undo does too.
func (o *Origin) CloseIdle(d time.Duration) (undo func()) { return o.idle.push(d) }

// await gives the client as long as the origin has patience to begin another request.
func (c *Conn) await() {
	deadline := time.Time{} // None.
	if patience, ok := c.origin.idle.top(); ok && c.requests > 0 {
		deadline = time.Now().Add(patience)
	}
	_ = c.SetReadDeadline(deadline) // It fails on a closed connection only, as the read does.
}
