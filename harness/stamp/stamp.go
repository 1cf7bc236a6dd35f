// Package stamp is how an upstream of the harness signs its answers, so that it can be told who wrote what a client
// got.
package stamp

import (
	"bytes"
	"fmt"
	"net/http"
)

// The headers by which a probe recognises an answer of ours.
const (
	Nonce  = "Gatequake-Nonce"  // of a request: what its answer is to be stamped with
	Origin = "Gatequake-Origin" // of an answer: the name of the origin that wrote it
	Answer = "Gatequake-Stamp"  // of an answer: the nonce of the request it answers, empty when that had none
)

// Check returns nil when an answer with these headers and this body was written by origin for the request that
// carried nonce, and an error that says what differs otherwise. The body counts too: a gateway may put one answer's
// body under another's head. A nil body (HEAD) is not looked at.
func Check(h http.Header, body []byte, origin, nonce string) error {
	if got := h.Get(Origin); got != origin {
		return fmt.Errorf("check stamp: %s: got %q, want %q", Origin, got, origin)
	}
	if got := h.Get(Answer); got != nonce {
		return fmt.Errorf("check stamp: %s: got %q, want %q", Answer, got, nonce)
	}
	if want := Body(origin, nonce); body != nil && !bytes.Contains(body, want) {
		const enough = 80 // of a foreign body, to see what it is: one line of a terminal
		return fmt.Errorf("check stamp: body: got %.*q, want %q in it", enough, body, want)
	}
	return nil
}

// Body is the body of a healthy answer of the origin to the request that carried the nonce.
func Body(origin, nonce string) []byte {
	return fmt.Appendf(nil, "answered by %s for %s\n", origin, nonce)
}
