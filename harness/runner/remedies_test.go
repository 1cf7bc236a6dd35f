package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

// Remedies that no person has. The mender makes an end of the cause, and is no remedy for it; the helpless one cannot
// be tried; the patient one takes time.
var (
	mender = catalog.RegisterRemedy(catalog.Remedy{
		ID:    "mender",
		Order: 9,
		Title: "mends the upstream",
		What:  "The upstream is well again, although nobody said so.",
		Try: func(ctx context.Context, v *site.Session) (record.Observation, error) {
			v.Bench.Upstream.Origin.Behave(upstream.Status{Code: http.StatusOK})
			return v.Reload(ctx), nil
		},
	})
	helpless = catalog.RegisterRemedy(catalog.Remedy{
		ID: "helpless", Order: 9, Title: "would, but cannot", What: "What it takes is not there.",
		Try: func(context.Context, *site.Session) (record.Observation, error) {
			return record.Observation{}, fmt.Errorf("nobody has a spare modem: %w", errors.ErrUnsupported)
		},
	})
	patient = catalog.RegisterRemedy(catalog.Remedy{
		ID: "patient", Order: 9, Title: "takes some time", What: "Something that takes a while, and is of no use.",
		Try: func(ctx context.Context, v *site.Session) (record.Observation, error) {
			time.Sleep(time.Second) // The time that a remedy takes is what is tried.
			return v.Reload(ctx), nil
		},
	})
	elsewhere = catalog.RegisterRemedy(catalog.Remedy{
		ID:    "elsewhere",
		Order: 9,
		Title: "needs a firewall",
		What:  "It needs what a portable world lacks.",
		Needs: []world.Need{world.Firewall},
		Try:   func(ctx context.Context, v *site.Session) (record.Observation, error) { return v.Reload(ctx), nil },
	})
)

// tried runs the experiment with these remedies on the built-in gateway.
func tried(t *testing.T, o Options, experiment string, remedies ...string) verdict.Verdict {
	t.Helper()
	j := job(t, experiment)
	j.Remedies = remedies
	return RunOne(t.Context(), j, o)
}

func TestRemediesAreTriedInPlaceOfTheProbes(t *testing.T) {
	t.Parallel()
	v := tried(t, Options{}, "refused", "refresh", "clear-browser-cache", "other-browser", helpless.ID)
	if want := "refresh: does not help; clear-browser-cache: does not help; other-browser: does not help; helpless: " +
		"not applicable"; v.Result != verdict.Pass ||
		v.Observed != want {
		t.Fatalf("got %s: %s (%s), want a pass: %s", v.Result, v.Observed, v.Reason, want)
	}
	for _, a := range v.Remedies {
		if a.Saw != "502 by gateway" ||
			a.Remedy == "clear-browser-cache" && (a.OverWithout != "200 by upstream" || a.Over != "200 by upstream") {
			t.Errorf("got %+v, want what was seen before and after", a)
		}
	}
	want := "gatequake run --gateway builtin --setting document --only refused --remedies"
	if v.Replay != want || len(v.Checks) > 0 {
		t.Errorf("got %q and %d checks, want %q and none", v.Replay, len(v.Checks), want)
	}
	if v.Remedies[3].Reason != "nobody has a spare modem" {
		t.Errorf("got %q, want why it could not be tried", v.Remedies[3].Reason)
	}
}

func TestRemedyThatEndsTheCauseTellsNothing(t *testing.T) {
	t.Parallel()
	v := tried(t, Options{}, "deadlock", mender.ID)
	if v.Result != verdict.Inconclusive || !strings.HasPrefix(v.Reason, "mender: confirm deadlock: ") ||
		len(v.Remedies) > 0 {
		t.Errorf("got %s (%s) and %+v, want inconclusive: the cause was over", v.Result, v.Reason, v.Remedies)
	}
}

// TestTimeIsNoRemedy has a fault that time heals: what a crowd has left in the gateway's pool is gone after a while.
func TestTimeIsNoRemedy(t *testing.T) {
	t.Parallel()
	v := tried(t, Options{}, "keepalive-mismatch", patient.ID)
	if v.Result != verdict.Pass || v.Remedies[0].Outcome == record.Effective {
		t.Errorf("got %s (%s) and %+v, want no help of what only takes time", v.Result, v.Reason, v.Remedies)
	}
}

func TestRemedyWithoutAFailure(t *testing.T) {
	t.Parallel()
	v := tried(t, Options{}, "latency-within-budget", "refresh")
	if a := v.Remedies; v.Result != verdict.Pass || len(a) != 1 || a[0].Outcome != record.NotApplicable ||
		a[0].Reason != "the client saw no failure: 200 by upstream" {
		t.Errorf("got %s (%s) and %+v, want not applicable: nothing was wrong", v.Result, v.Reason, a)
	}
}

func TestRemedyThatThisWorldCannotTry(t *testing.T) {
	t.Parallel()
	v := tried(t, Options{Mode: world.Portable}, "refused", "refresh", elsewhere.ID)
	if v.Result != verdict.Pass || v.Remedies[0].Outcome != record.Ineffective ||
		v.Remedies[1].Outcome != record.NotApplicable ||
		!strings.HasPrefix(v.Remedies[1].Reason, "needs "+world.Firewall.About()) {
		t.Errorf("got %s (%s) and %+v, want the second not applicable, and why", v.Result, v.Reason, v.Remedies)
	}
}
