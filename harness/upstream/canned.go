package upstream

import (
	"bytes"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
)

// NonceMark stands in the bytes of a Canned answer for the nonce of the request.
const NonceMark = "{{nonce}}"

// Canned answers every request with exactly these bytes, whatever they are, but for NonceMark, and then ends the
// connection as Then says.
type Canned struct {
	Bytes []byte
	// Every, if not zero, is the pause after which the bytes are sent again, and again, until the client leaves.
	Every time.Duration
	Then  End
	// Foreign is true of bytes that are of no language that an origin speaks, so that they can be sent in place of an
	// answer in any.
	Foreign bool
}

// Answer implements Behaviour.
func (b Canned) Answer(r *http.Request, c *Conn) End {
	answer := b.Stamped(r.Header.Get(stamp.Nonce))
	_, err := c.Write(answer)
	if b.Every == 0 {
		return b.Then
	}
	again := time.NewTicker(b.Every)
	defer again.Stop()
	for err == nil {
		<-again.C
		_, err = c.Write(answer)
	}
	return Close
}

// Stamped returns the bytes as a request with nonce gets them.
func (b Canned) Stamped(nonce string) []byte {
	return bytes.ReplaceAll(b.Bytes, []byte(NonceMark), []byte(nonce))
}
