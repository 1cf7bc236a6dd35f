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

// Talk asks for a WebSocket with r, says text in it once it is there, hears the same, and ends the conversation.
// The Response is of r if it was not answered 101. Otherwise it is Complete when the other side ended the
// conversation as one should, with what was heard as its Body; Truncated when the connection, or the other side
// with a code that tells of trouble, ended it; and Malformed when what was heard is no WebSocket, or something
// else than was said.
func (c *Conn) Talk(ctx context.Context, r Request, text string) (resp Response) {
	begin, key := time.Now(), websocket.Key()
	r.Header = append(slices.Clone(r.Header), Field{"Connection", "Upgrade"}, Field{"Upgrade", "websocket"},
		Field{"Sec-WebSocket-Version", "13"}, Field{"Sec-WebSocket-Key", key})
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
	var err error
	if resp.Body, resp.End, err = c.converse([]byte(text)); err != nil {
		resp.Error = err.Error()
	}
	resp.BodyBytes = int64(len(resp.Body))
	return resp
}

// converse says text, hears the same, says that this was all, and hears that too.
func (c *Conn) converse(text []byte) (heard []byte, end End, err error) {
	for _, said := range []websocket.Frame{{Op: websocket.Text, Payload: text}, websocket.Ending(websocket.Normal)} {
		_ = said.Write(c.conn, true) // When it does not get through, the read says why, or what was said before.
		f, err := websocket.Read(c.reader)
		switch {
		case err != nil && EndOf(err) == TimedOut:
			return heard, TimedOut, err
		case err != nil:
			return heard, Truncated, err
		case f.Op == websocket.Close && f.Code() != websocket.Normal:
			return heard, Truncated, fmt.Errorf("closed with the code %d", f.Code())
		case f.Op == websocket.Close:
			return heard, Complete, nil
		case f.Op != said.Op || !bytes.Equal(f.Payload, text):
			return heard, Malformed, fmt.Errorf("heard %q, said %q", f.Payload, said.Payload)
		}
		heard = f.Payload
	}
	return heard, Complete, nil
}
