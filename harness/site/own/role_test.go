package own

import (
	"net/http"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// TestPagesAreToldFromAnswers: an error that an upstream gives on another path than it serves is the gateway's, with a
// page of the upstream's; one on the path that it serves is its own.
func TestPagesAreToldFromAnswers(t *testing.T) {
	p := &pages{}
	answer := func(status int, paths ...string) record.Observation {
		o := record.Observation{
			Status: status, By: record.ByUpstream, End: client.Complete,
			Header: http.Header{stamp.Origin: {"app"}},
		}
		hits := []upstream.Hit{}
		for _, path := range paths {
			hits = append(hits, upstream.Hit{Path: path})
		}
		p.attribute(&o, hits)
		return o
	}
	for _, c := range []struct {
		status int
		paths  []string
		by     record.Author
		page   string
	}{
		{502, []string{"/sorry"}, record.ByUpstream, ""}, // Nothing is known of what it serves.
		{200, []string{"/?a"}, record.ByUpstream, ""},
		{502, []string{"/?b"}, record.ByUpstream, ""},
		{502, []string{"/", "/sorry"}, record.ByGateway, "app"},
		{502, []string{"/sorry"}, record.ByGateway, "app"},
		{500, nil, record.ByUpstream, ""},
	} {
		if o := answer(c.status, c.paths...); o.By != c.by || o.PageBy != c.page {
			t.Errorf("%d on %v: got it by %s, the page by %q; want %s and %q", c.status, c.paths, o.By, o.PageBy, c.by, c.page)
		}
	}
}
