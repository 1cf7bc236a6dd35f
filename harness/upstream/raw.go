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
