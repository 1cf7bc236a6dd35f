package upstream

import (
	"sync"
	"time"
)

// idleEnds are the ends that clients put to idle connections.
type idleEnds struct {
	mu  sync.Mutex
	all []IdleEnd
}

// IdleEnd is the end that a client put to a connection on which it had asked before.
type IdleEnd struct {
	// At is when it came, and After how long after the answer to the last request.
	At    time.Time
	After time.Duration
}

// IdleEnds lists those so far.
func (o *Origin) IdleEnds() []IdleEnd {
	o.idleEnds.mu.Lock()
	defer o.idleEnds.mu.Unlock()
	return append([]IdleEnd{}, o.idleEnds.all...)
}

func (e *idleEnds) note(since time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	e.all = append(e.all, IdleEnd{At: now, After: now.Sub(since)})
}
