package upstream

import (
	"io"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/websocket"
)

// Behaviour is how an origin answers.
type Behaviour interface {
	// Answer writes what it has to say about r to c and returns what becomes of the connection. By then the hit
	// is recorded and the whole of r is read, its body included. It returns soon after c is closed.
	Answer(r *http.Request, c *Conn) End
}

// Behave makes b answer every request that is recorded from now on. The behaviour that was set last wins; undo
// takes this one back, and may be called more than once. Requests that are recorded by then stay with b.
func (o *Origin) Behave(b Behaviour) (undo func()) {
	return o.behaviours.push(b)
}

// Misread makes the origin send answer, before it ends the connection, to what does not begin like a request, a TLS
// ClientHello say; until then it ends the connection without a word. Undo takes this back and may be called more than
// once.
func (o *Origin) Misread(answer []byte) (undo func()) { return o.misread.push(answer) }

// CloseIdle makes the origin close every connection on which no request has come for d after the answer to the
// last. It takes effect with the next answer on each; undo does too.
func (o *Origin) CloseIdle(d time.Duration) (undo func()) { return o.idle.push(d) }

func (o *Origin) behaviour() Behaviour {
	if b, ok := o.behaviours.top(); ok {
		return b
	}
	return o.first
}

// holdPath is the path of the requests of an Occupancy.
const holdPath = "/hold"

// healthy answers with a stamped 200, and an echo in a WebSocket to a client that asks for one. At holdPath the
// body ends only when the client leaves.
type healthy struct{}

func (healthy) Answer(r *http.Request, c *Conn) End {
	if websocket.Asked(r.Header) {
		return WebSocket{}.Answer(r, c)
	}
	if r.URL.Path != holdPath {
		return Status{Code: http.StatusOK}.Answer(r, c)
	}
	_, _ = c.Write(append(c.Head(r, http.StatusOK, -1, nil), c.Body(r)...))
	_, _ = io.Copy(io.Discard, c.Conn)
	return Close
}
