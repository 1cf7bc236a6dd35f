package runner

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness"
)

func TestMomentsAreInOrder(t *testing.T) {
	v := One(t.Context(), job(t, "dns-nxdomain"), Options{})
	if v.Result == harness.Unsupported {
		t.Skipf("unsupported: %s", v.Reason)
	}
	when, did, hits, lookups := map[string]float64{}, []string{}, 0, 0
	for i, m := range v.Moments {
		if i > 0 && m.At < v.Moments[i-1].At {
			t.Errorf("got %+v after %+v, want them in order", m, v.Moments[i-1])
		}
		switch m.Who {
		case harness.Us:
			did, when[m.What] = append(did, m.What), m.At
		case harness.AnUpstream:
			hits++
		case harness.ANameserver:
			if at, ok := when[harness.MomentInjected]; ok && at < m.At && when[harness.MomentUndone] == 0 && strings.HasSuffix(m.What, ": NXDOMAIN") {
				lookups++
			}
		}
	}
	if want := []string{"steady", "injected", "confirmed", "confirmed", "undone", "steady"}; !slices.Equal(did, want) {
		t.Errorf("got %v, want %v", did, want)
	}
	if lookups == 0 {
		t.Errorf("got no lookup in %+v while the name did not exist, want those of the gateway", v.Moments)
	}
	seen := 0
	for _, o := range v.Observations {
		seen += o.Hits
		if o.At <= when[harness.MomentInjected] || o.At+o.Took >= when[harness.MomentUndone] {
			t.Errorf("%s: got %f ms to %f ms, want it between the injection and the undo: %v", o.Probe, o.At, o.At+o.Took, when)
		}
	}
	if hits != seen || hits == 0 {
		t.Errorf("got %d requests among the moments, want the %d that the upstreams saw", hits, seen)
	}
}

func TestMomentsOfABlockAreItsProbes(t *testing.T) {
	v := One(t.Context(), job(t, "user-agent-deny"), Options{})
	if slices.ContainsFunc(v.Moments, func(m harness.Moment) bool { return m.What == harness.MomentInjected || m.What == harness.MomentUndone }) {
		t.Errorf("got %+v, want no fault: there is none", v.Moments)
	}
	if v.Observations[0].At <= v.Moments[0].At {
		t.Errorf("got the probe at %f ms, want it after the steady state at %f", v.Observations[0].At, v.Moments[0].At)
	}
}
