package upstream

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// maxHits is how many hits a Record holds: some minutes of load at the size of one experiment, a few MB. When it
// is full, the older half goes.
const maxHits = 1 << 13

// Record is what an upstream was asked. The zero value is empty; it is safe for concurrent use.
type Record struct {
	tell func(event) // also hears everything, in order; may be nil

	mu       sync.Mutex
	accepted int
	hits     []Hit
	grown    chan struct{} // closed with the next hit; nil while nobody waits
}

// Accepted returns how many connections were accepted, those without any request included.
func (r *Record) Accepted() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.accepted
}

// Hits returns a copy of the hits in their order: a hit is there before anything of its answer is written. Only
// the latest are kept, never fewer than 4096.
func (r *Record) Hits() []Hit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.hits)
}

// HitsOf returns the hits among Hits that carried nonce; with an empty nonce, those that carried none.
func (r *Record) HitsOf(nonce string) []Hit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of(nonce)
}

// WaitHit returns the first hit that carried nonce as soon as there is one, or an error when ctx ends before.
func (r *Record) WaitHit(ctx context.Context, nonce string) (hit Hit, err error) {
	err = r.wait(ctx, func() bool {
		hits := r.of(nonce)
		if len(hits) > 0 {
			hit = hits[0]
		}
		return len(hits) > 0
	})
	if err != nil {
		return Hit{}, fmt.Errorf("wait for a hit with nonce %q: %w", nonce, err)
	}
	return hit, nil
}

// WaitMore returns as soon as there are more than n hits, or an error when ctx ends before.
func (r *Record) WaitMore(ctx context.Context, n int) error {
	if err := r.wait(ctx, func() bool { return len(r.hits) > n }); err != nil {
		return fmt.Errorf("wait for more than %d hits: %w", n, err)
	}
	return nil
}

// wait returns as soon as done does so under the lock, asked anew after every hit.
func (r *Record) wait(ctx context.Context, done func() bool) error {
	for {
		r.mu.Lock()
		ok := done()
		if r.grown == nil {
			r.grown = make(chan struct{})
		}
		grown := r.grown
		r.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *Record) of(nonce string) []Hit {
	var hits []Hit
	for _, hit := range r.hits {
		if hit.Nonce == nonce {
			hits = append(hits, hit)
		}
	}
	return hits
}

// note enters e and passes it on.
func (r *Record) note(e event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case e.Accepted > 0:
		r.accepted++
	case e.Hit != nil:
		r.add(*e.Hit)
	case e.Body != nil:
		// Requests of one connection follow each other: the body belongs to its latest.
		for i := len(r.hits) - 1; i >= 0; i-- {
			if r.hits[i].Connection == e.Body.Connection {
				r.hits[i].BodyBytes = e.Body.Bytes
				break
			}
		}
	}
	if r.tell != nil {
		r.tell(e)
	}
}

func (r *Record) add(hit Hit) {
	if len(r.hits) == maxHits {
		r.hits = slices.Delete(r.hits, 0, maxHits/2)
	}
	r.hits = append(r.hits, hit)
	if r.grown != nil {
		close(r.grown)
		r.grown = nil
	}
}

// Hit is the record of one request that reached an upstream.
type Hit struct {
	Nonce     string         `json:"nonce"` // what stamp.Nonce carried; empty when the request had none
	Method    string         `json:"method"`
	Path      string         `json:"path"` // the request target as it stood on the wire: not decoded, with its query
	Host      string         `json:"host"`
	Header    http.Header    `json:"header"`    // without Host
	BodyBytes int64          `json:"bodyBytes"` // decoded bytes of body that have arrived; 0 until the body ended
	Remote    netip.AddrPort `json:"remote"`    // the client's end of the connection
	// The same for two requests that shared a connection; the number of it in the order of acceptance.
	Connection int       `json:"connection"`
	At         time.Time `json:"at"` // when the head had been read
}
