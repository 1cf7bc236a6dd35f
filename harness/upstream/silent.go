package upstream

import "net/http"

// Silent reads every request and never answers, as a deadlocked server does. The connection stays open until the
// client or the origin closes it, and what was asked stays unanswered after undo.
type Silent struct{}

// Answer implements Behaviour.
func (Silent) Answer(*http.Request, *Conn) End { return Keep }
