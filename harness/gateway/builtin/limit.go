package builtin

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit lets each client in once in Every below Prefix. What it knows of clients it never forgets: an experiment
// is over before that matters.
type Limit struct {
	Prefix string   `json:"prefix"`
	Every  Duration `json:"every"`
}

func (l Limit) limited(next http.Handler) http.Handler {
	var buckets sync.Map // of a client's address to its *rate.Limiter
	allow := func(client netip.Addr) bool {
		bucket, _ := buckets.LoadOrStore(client, rate.NewLimiter(rate.Every(time.Duration(l.Every)), 1))
		return bucket.(*rate.Limiter).Allow()
	}
	return below(l.Prefix, next, func(w http.ResponseWriter, r *http.Request) {
		if !allow(Peer(r)) {
			page(w, http.StatusTooManyRequests, "Slow down.")
			return
		}
		next.ServeHTTP(w, r)
	})
}
