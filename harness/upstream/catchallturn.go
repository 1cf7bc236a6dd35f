package upstream

import (
	"net/http"
	"net/netip"
)

// AnswerAt lets every request at the address be answered with the status, until undo is called. Its answers keep their
// stamps. Of a Unix socket the address is the zero one.
func (o *CatchAll) AnswerAt(at netip.AddrPort, status int) (undo func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.statuses == nil {
		o.statuses = map[netip.AddrPort]int{}
	}
	before, had := o.statuses[at]
	o.statuses[at] = status
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if delete(o.statuses, at); had {
			o.statuses[at] = before
		}
	}
}

// Shut lets every connection at the address end at once, the open ones too, until undo is called.
func (o *CatchAll) Shut(at netip.AddrPort) (undo func()) {
	undo = o.AnswerAt(at, shut)
	o.Drop()
	return undo
}

// shut is no status, and stands for connections that end at once.
const shut = -1

// turned is what AnswerAt or Shut says of the connection's address; 0 for nothing.
func (o *CatchAll) turned(connection int) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if connection < 1 || connection > len(o.infos) {
		return 0
	}
	return o.statuses[o.infos[connection-1].To]
}

// turn begins an answer that AnswerAt has changed.
func (o *CatchAll) turn(connection int, w http.ResponseWriter) http.ResponseWriter {
	if status := o.turned(connection); status > 0 {
		return &turnedWriter{w, status, false}
	}
	return w
}

// turnedWriter writes another status before the body.
type turnedWriter struct {
	http.ResponseWriter
	status int
	begun  bool
}

// Write implements http.ResponseWriter.
func (t *turnedWriter) Write(p []byte) (int, error) {
	if !t.begun {
		t.begun = true
		t.WriteHeader(t.status)
	}
	return t.ResponseWriter.Write(p)
}
