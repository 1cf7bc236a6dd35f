package upstream

import (
	"fmt"
	"net/http"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/websocket"
)

// WebSocket answers a client that asks for a WebSocket with a stamped 101 and says everything back, until the
// client tells it to close. A client that asks for none gets a stamped 200.
type WebSocket struct {
	// Cut makes it reset the connection in place of the first thing that it has to say.
	Cut bool
}

// Answer implements Behaviour.
func (w WebSocket) Answer(r *http.Request, c *Conn) End {
	if !websocket.Asked(r.Header) {
		return Status{Code: http.StatusOK}.Answer(r, c)
	}
	_, err := fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n%s: %s\r\n%s: %s\r\n\r\n",
		websocket.Accept(r.Header.Get("Sec-WebSocket-Key")), stamp.Origin, c.origin.name, stamp.Answer,
		r.Header.Get(stamp.Nonce))
	for err == nil {
		var f websocket.Frame
		if f, err = websocket.Read(c); err != nil {
			break
		}
		if w.Cut {
			return Reset
		}
		if err = f.Write(c, false); f.Op == websocket.Close {
			break
		}
	}
	return Close
}
