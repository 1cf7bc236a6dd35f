package site

import (
	"net/http"
	"strings"
	"time"

	"github.com/pquerna/cachecontrol/cacheobject"

	"github.com/gatequake/gatequake/harness/record"
)

// pages is the private cache of one browser (RFC 9111), by the path. Whether an answer may be kept, and for how long,
// is what cachecontrol makes of its head; an answer that would have to be validated first is not kept, which to the
// person at the browser is the same.
type pages map[string]page

type page struct {
	seen  record.Observation
	until time.Time
}

// keep keeps what came of the probe, if it may be kept.
func (c pages) keep(p Probe, o record.Observation) {
	path := p.path()
	delete(c, path) // Whatever came now is newer.
	if p.method() != http.MethodGet || !o.Answered() || strings.Contains(o.Header.Get("Vary"), "*") {
		return
	}
	if until, ok := keptUntil(o); ok {
		o.Cached, o.Hits = true, 0
		c[path] = page{o, until}
	}
}

// keptUntil tells until when a private cache may show the answer to a GET without asking.
func keptUntil(o record.Observation) (until time.Time, ok bool) {
	h := o.Header.Clone()
	h.Set("Cache-Control", strings.Join(o.Header.Values("Cache-Control"), ",")) // The library reads one line only.
	request := &http.Request{Method: http.MethodGet, Header: http.Header{}}
	reasons, until, _, of, err := cacheobject.UsingRequestResponseWithObject(request, o.Status, h, true)
	if err != nil || len(reasons) > 0 || of.RespDirectives.NoCachePresent {
		return time.Time{}, false
	}
	return until, until.After(time.Now())
}

// find returns the page that the probe asks for, if it is there and still fresh.
func (c pages) find(p Probe) (record.Observation, bool) {
	found, ok := c[p.path()]
	if !ok || p.method() != http.MethodGet || time.Now().After(found.until) {
		return record.Observation{}, false
	}
	return found.seen, true
}
