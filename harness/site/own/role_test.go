package own

import (
	"net/http"
	"slices"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// TestVouchersAnswersAreKnown: the answer of one who was asked without the client's nonce has another stamp.
func TestVouchersAnswersAreKnown(t *testing.T) {
	p := gateway.Probe{
		URL: "http://shop.test/", Upstreams: []string{"app", "vouch"},
		Roles: map[string]gateway.Role{"vouch": gateway.Vouches},
	}
	d := &Described{Own: &gateway.Own{Upstreams: []gateway.Upstream{
		{Name: "app", Speaks: string(upstream.HTTP1Spoken)}, {Name: "vouch", Speaks: string(upstream.HTTP1Spoken)},
	}}}
	for _, c := range []struct {
		origin, answer string
		want           record.Author
	}{
		{"vouch", "", record.ByUpstream},
		{record.IntermediaryName, "", record.ByIntermediary},
		{"app", "", record.ByGateway},
		{"vouch", "another", record.ByGateway},
		{"", "", record.ByGateway},
	} {
		o := record.Observation{Header: http.Header{}}
		o.Header.Set(stamp.Origin, c.origin)
		o.Header.Set(stamp.Answer, c.answer)
		if got := d.relayed(o, &p); got != c.want {
			t.Errorf("%q for %q: got it by %s, want by %s", c.origin, c.answer, got, c.want)
		}
	}
}

// TestWhoPassesBytesOnMayAnswerHimself: what comes through a listener that passes bytes on is the upstream's only where
// the request reached one.
func TestWhoPassesBytesOnMayAnswerHimself(t *testing.T) {
	t.Parallel()
	p := gateway.Probe{URL: "http://shop.test/", Passes: true, Upstreams: []string{"app"}}
	d := &Described{Own: &gateway.Own{}, B: &site.Bench{}}
	d.B.RecordAs("app", heard("probe-1"))
	for nonce, want := range map[string]record.Author{"probe-1": record.ByUpstream, "probe-2": record.ByGateway} {
		if got := d.relayed(record.Observation{Nonce: nonce, Status: 403, Header: http.Header{}}, &p); got != want {
			t.Errorf("%s: got it by %s, want by %s", nonce, got, want)
		}
	}
}

// heard is an upstream that the request with the nonce has reached.
type heard string

func (h heard) Hits() []upstream.Hit { return []upstream.Hit{{Nonce: string(h)}} }

func (h heard) HitsOf(nonce string) []upstream.Hit {
	return slices.DeleteFunc(h.Hits(), func(hit upstream.Hit) bool { return hit.Nonce != nonce })
}

// TestPagesAreToldFromAnswers: what an upstream gives, while something is broken, on another path than it serves is a
// page of the gateway's answer; what it gives on the path that it serves is its own.
func TestPagesAreToldFromAnswers(t *testing.T) {
	p := &pages{}
	for _, c := range []struct {
		status int
		broken bool
		paths  []string
		page   bool
	}{
		{502, true, []string{"/sorry"}, false}, // Nothing is known of what it serves.
		{200, false, []string{"/?a"}, false},
		{502, true, []string{"/?b"}, false},
		{502, true, []string{"/", "/sorry"}, true},
		{502, true, []string{"/sorry"}, true},
		{200, true, []string{"/sorry"}, true}, // With the status of what was asked for, as Caddy's.
		{200, true, []string{"/sorry"}, true},
		{500, true, nil, false},
	} {
		hits := []upstream.Hit{}
		for _, path := range c.paths {
			hits = append(hits, upstream.Hit{Path: path})
		}
		o := record.Observation{Status: c.status, By: record.ByUpstream, End: client.Complete}
		if got := p.isPage(o, c.broken, hits); got != c.page {
			t.Errorf("%d on %v: got a page %t, want %t", c.status, c.paths, got, c.page)
		}
	}
}
