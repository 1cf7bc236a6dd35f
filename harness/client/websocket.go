package client

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/websocket"
)

// Talk asks for a WebSocket with r, says text in it once it is there, hears the same, and ends the conversation. The Response is of r if it was not answered 101.
// Otherwise it is Complete when the other side ended the conversation as one should, with what was heard as its Body; Truncated when the connection, or the
// other side with a code that tells of trouble, ended it; and Malformed when what was heard is no WebSocket, or something else than was said.
func (c *Conn) Talk(ctx context.Context, r Request, text string) (resp Response) {
	begin, key := time.Now(), websocket.Key()
	r.Header = append(slices.Clone(r.Header), Field{"Connection", "Upgrade"}, Field{"Upgrade", "websocket"}, Field{"Sec-WebSocket-Version", "13"},
		Field{"Sec-WebSocket-Key", key})
	resp = c.Do(ctx, r)
	if resp.Status != http.StatusSwitchingProtocols || resp.End != Complete {
		return resp
	}
	defer func() { resp.Took = time.Since(begin) }()
	resp.Keep = false
	if got, want := resp.Header.Get("Sec-WebSocket-Accept"), websocket.Accept(key); got != want {
		resp.End, resp.Error = Malformed, fmt.Sprintf("Sec-WebSocket-Accept: got %q, want %q", got, want)
		return resp
	}
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	said := websocket.Frame{Op: websocket.Text, Payload: []byte(text)}
	for err := said.Write(c.conn, true); ; {
		var f websocket.Frame
		if err == nil || EndOf(err) == Reset { // What came before the reset may still be read.
			f, err = websocket.Read(c.reader)
		}
		switch {
		case err != nil && EndOf(err) == TimedOut:
			resp.End, resp.Error = TimedOut, err.Error()
			return resp
		case err != nil:
			resp.End, resp.Error = Truncated, err.Error()
			return resp
		case f.Op == websocket.Close && f.Code() != websocket.Normal:
			resp.End, resp.Error = Truncated, fmt.Sprintf("closed with the code %d", f.Code())
			return resp
		case f.Op == websocket.Close:
			return resp
		case f.Op != websocket.Text || !bytes.Equal(f.Payload, said.Payload):
			resp.End, resp.Error = Malformed, fmt.Sprintf("heard %q, said %q", f.Payload, text)
			return resp
		}
		resp.Body, resp.BodyBytes = f.Payload, int64(len(f.Payload))
		err = websocket.Ending(websocket.Normal).Write(c.conn, true)
	}
}
