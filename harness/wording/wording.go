// Package wording tells by its words what an error page says to the person who reads it: that access was denied,
// or that something behind the gateway is broken.
//
//	page ──text without markup──> words ──phrases──> Denied, BadGateway or Neither
//
// It knows English only, and reads pages as a person does: what stands in markup, scripts and comments does
// not count. The status decides nothing but whether there is an error page at all, so that a page whose words
// contradict its status is found out.
package wording

import (
	"net/http"
	"strings"
)

// Kind is what a page says. The zero value is Neither.
type Kind string

// The kinds.
const (
	// Denied: the client was refused, on purpose.
	Denied Kind = "denied"
	// BadGateway: something behind the gateway is broken, missing or too slow.
	BadGateway Kind = "bad gateway"
	// Neither: none of the two, or nothing that can be read.
	Neither Kind = ""
)

// Classify returns what the page of an answer says, and the phrase that told; a Phrase without text for a page
// that says Neither. Where a page says both it is Denied: a page that tells of a broken server and adds that the
// client was blocked still claims the block, and one that refuses and adds that the server could not be reached
// was written by the party that refused.
func Classify(status int, header http.Header, body []byte) (Kind, Phrase) {
	if status < http.StatusBadRequest {
		return Neither, Phrase{} // A page that is no error page may speak of anything.
	}
	said := text(header, body)
	for _, kind := range []Kind{Denied, BadGateway} {
		for _, p := range phrases {
			if p.Kind == kind && contains(said, words(p.Text)) {
				return kind, p
			}
		}
	}
	return Neither, Phrase{}
}

// contains reports whether the words stand in the text one after the other.
func contains(text, words string) bool {
	return strings.Contains(" "+text+" ", " "+words+" ")
}
