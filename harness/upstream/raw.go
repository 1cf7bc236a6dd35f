package upstream

import "net/http"

// Raw answers every request with exactly these bytes, whatever they are, and then ends the connection so.
type Raw struct {
	Bytes []byte
	Then  End
}

// Answer implements Behaviour.
func (b Raw) Answer(_ *http.Request, c *Conn) End {
	_, _ = c.Write(b.Bytes)
	return b.Then
}

// Misread makes the origin answer so, before it ends the connection, what does not begin like a request, a TLS
// ClientHello say; until then it ends the connection without a word. Undo takes this back and may be called more than
// once.
func (o *Origin) Misread(answer []byte) (undo func()) { return o.misread.push(answer) }
