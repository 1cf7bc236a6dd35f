package judge_test

import (
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestSaidOfItself: where an error page is missing, and a client gets a 404 for it, the gateway's log tells; not where
// the answer is a word of the upstream's trouble, nor by a line that stood there when all was well.
func TestSaidOfItself(t *testing.T) {
	t.Parallel()
	const (
		upstream = `2026/03/01 10:00:00 [error] 31#31: *7 connect() failed (111: Connection refused) while connecting to ` +
			`upstream, client: 192.0.2.7, server: shop.example, request: "GET / HTTP/1.1", upstream: "http://192.0.2.20/"`
		missing = `2026/03/01 10:00:00 [error] 31#31: *7 open() "/srv/50x.html" failed (2: No such file or directory), ` +
			`client: 192.0.2.7, server: shop.example, request: "GET / HTTP/1.1", upstream: "http://192.0.2.20/"`
	)
	for name, c := range map[string]struct {
		status      int
		before, log []string
		want        string
	}{
		"an error page is missing":              {404, nil, []string{upstream, missing}, missing},
		"only the upstream is in trouble":       {404, nil, []string{upstream}, ""},
		"the answer is about the upstream":      {500, nil, []string{upstream, missing}, ""},
		"a file was missing before it, as well": {404, []string{missing}, []string{upstream, missing}, ""},
	} {
		v := verdict.Verdict{
			Record: record.Record{
				ID: "refused", Target: &record.Target{}, Before: c.before, Log: c.log,
				Observations: []record.Observation{{Role: record.Probed, By: record.ByGateway, Status: c.status}},
			},
			Result: verdict.Fail, Checks: []verdict.Check{{Name: check.Status.ID, Harm: string(check.WrongStatus)}},
		}
		got := judge.Classify(v, &gateway.Definition{Name: "nginx"}, policy.GatewayError())
		switch {
		case (got.Said != nil) != (c.want != ""):
			t.Errorf("%s: got %+v, want %q", name, got.Said, c.want)
		case got.Said != nil && (got.Said.Line != c.want || !strings.Contains(got.Said.Means, "file of its own")):
			t.Errorf("%s: got %+v, want %q", name, got.Said, c.want)
		}
	}
}
