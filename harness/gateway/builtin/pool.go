package builtin

import (
	"net/http"
	"net/url"
	"sync/atomic"
)

// pool gives each request to the member whose turn it is.
type pool struct {
	members []*url.URL
	// again lets a request that may be repeated (RFC 9110, section 9.2.2), and was not served, go to the next member.
	again   bool
	through http.RoundTripper
	turn    atomic.Uint64
}

// RoundTrip implements http.RoundTripper.
func (p *pool) RoundTrip(r *http.Request) (*http.Response, error) {
	first, tries := p.turn.Add(1), uint64(1)
	if p.again && r.Method == http.MethodGet && r.Body == nil {
		tries = uint64(len(p.members))
	}
	for i := first; ; i++ {
		one := r.Clone(r.Context())
		one.URL.Host = p.members[i%uint64(len(p.members))].Host
		resp, err := p.through.RoundTrip(one)
		if i+1 == first+tries || err == nil && resp.StatusCode != http.StatusServiceUnavailable {
			return resp, err
		}
		if err == nil {
			_ = resp.Body.Close()
		}
	}
}
