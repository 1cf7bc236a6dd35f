package runner

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestMomentsAreInOrder(t *testing.T) {
	t.Parallel()
	v := RunOne(t.Context(), job(t, "dns-nxdomain"), Options{})
	if v.Result == verdict.Unsupported {
		t.Skipf("unsupported: %s", v.Reason)
	}
	when, did, hits, lookups := map[string]float64{}, []string{}, 0, 0
	for i, m := range v.Events {
		if i > 0 && m.At < v.Events[i-1].At {
			t.Errorf("got %+v after %+v, want them in order", m, v.Events[i-1])
		}
		switch m.Source {
		case record.Harness:
			did, when[m.What] = append(did, m.What), m.At
		case record.Upstream:
			hits++
		case record.Resolver:
			if at, ok := when[record.EventInjected]; ok && at < m.At && when[record.EventUndone] == 0 &&
				strings.HasSuffix(m.What, ": NXDOMAIN") {
				lookups++
			}
		}
	}
	if want := []string{
		"steady",
		"injected",
		"confirmed",
		"confirmed",
		"undone",
		"steady",
	}; !slices.Equal(
		did,
		want,
	) {
		t.Errorf("got %v, want %v", did, want)
	}
	if lookups == 0 {
		t.Errorf("got no lookup in %+v while the name did not exist, want those of the gateway", v.Events)
	}
	seen := 0
	for _, o := range v.Observations {
		seen += o.Hits
		if o.At <= when[record.EventInjected] || o.At+o.Took >= when[record.EventUndone] {
			t.Errorf(
				"%s: got %f ms to %f ms, want it between the injection and the undo: %v",
				o.Probe,
				o.At,
				o.At+o.Took,
				when,
			)
		}
	}
	if hits != seen || hits == 0 {
		t.Errorf("got %d requests among the moments, want the %d that the upstreams saw", hits, seen)
	}
}

func TestMomentsOfABlockAreItsProbes(t *testing.T) {
	t.Parallel()
	v := RunOne(t.Context(), job(t, "user-agent-deny"), Options{})
	if slices.ContainsFunc(
		v.Events,
		func(m record.Event) bool { return m.What == record.EventInjected || m.What == record.EventUndone },
	) {
		t.Errorf("got %+v, want no fault: there is none", v.Events)
	}
	if v.Observations[0].At <= v.Events[0].At {
		t.Errorf("got the probe at %f ms, want it after the steady state at %f", v.Observations[0].At, v.Events[0].At)
	}
}
