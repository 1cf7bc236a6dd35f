package upstream

import (
	"bufio"
	"fmt"
	"io"
	"net/http"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/websocket"
)

// talk answers a client that asks for a WebSocket with a stamped 101, and says everything back, until the client tells
// it to close. It reports whether it could: not where the connection is not the client's alone.
func (o *CatchAll) talk(id int, w http.ResponseWriter, r *http.Request) bool {
	h, can := w.(http.Hijacker)
	if !can || !websocket.Asked(r.Header) {
		return false
	}
	c, both, err := h.Hijack()
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	_, err = fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n%s: %s\r\n%s: %s\r\n\r\n",
		websocket.Accept(r.Header.Get("Sec-WebSocket-Key")), stamp.Origin, o.nameOf(id), stamp.Answer,
		r.Header.Get(stamp.Nonce))
	if err == nil {
		echo(both.Reader, c)
	}
	return true
}

// echo says every frame back that comes in, up to the one that ends the conversation.
func echo(in *bufio.Reader, c io.Writer) {
	for {
		f, err := websocket.Read(in)
		if err != nil || f.Write(c, false) != nil || f.Op == websocket.Close {
			return
		}
	}
}
