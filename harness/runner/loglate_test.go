package runner

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/sites"
	"github.com/gatequake/gatequake/harness/world"
)

// A line of Envoy's is written ten seconds after it was made at the latest, by default, which is the longest of all
// gateways; busy is how much later it may be on a machine that is not late itself.
const (
	watched = 12 * time.Second
	busy    = 700 * time.Millisecond
)

// TestLogsAreNotLaterThanStated watches the log of each gateway that is installed after a request that met a broken
// answer; one that met no answer is followed by events of their own, such as lighttpd's that asks the upstream again.
// What comes later than the gateway's folder says would be missing in a report, or stand beside another fault.
func TestLogsAreNotLaterThanStated(t *testing.T) {
	t.Parallel()
	all, err := gateway.All(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			version, err := d.Find(t.Context())
			if err != nil {
				t.Skipf("unsupported: %v", err)
			}
			var last lastLine
			j := Job{Experiment: "garbage", Gateway: d, Version: version, Setting: "stock"}
			if err := world.Run(t.Context(), world.Options{}, lateLog{Do: "late-log", Job: j}, &last); err != nil {
				t.Fatal(err)
			}
			if last.Late > d.LogsLate+busy+last.Machine {
				t.Errorf("got the last line %s after the answer on a machine that was %s late, want %s at most on one "+
					"that is not, as logs-late says in %s/gateway.yaml: %s",
					last.Late, last.Machine, d.LogsLate, d.Name, last.Line)
			}
		})
	}
}

// lastLine is the last line that a gateway wrote after an answer, how long after it, and how late the machine let the
// world run meanwhile.
type lastLine struct {
	Late, Machine time.Duration
	Line          string
}

// lateLog asks a world how long after an answer its gateway still writes to its log.
type lateLog struct {
	Do  string
	Job Job
}

func init() {
	tasks["late-log"] = func(ctx context.Context, w *world.World, request json.RawMessage) (any, error) {
		var r lateLog
		if err := json.Unmarshal(request, &r); err != nil {
			return nil, err
		}
		b, err := sites.New(w, site.Setup{Definition: r.Job.Gateway, Setting: r.Job.Setting})
		if err != nil {
			return nil, err
		}
		defer b.Close()
		if err := b.Steady(ctx, site.RouteMain); err != nil {
			return nil, err
		}
		b.Gateway.Settle(ctx, watched/3)
		e, err := catalog.Find(r.Job.Experiment)
		if err != nil {
			return nil, err
		}
		injection, err := e.Fault.Break(ctx, b)
		if err != nil {
			return nil, err
		}
		defer func() { _ = injection.Undo(context.WithoutCancel(ctx)) }()
		mark := b.Gateway.Mark()
		last, span := lastLine{}, b.Strain.Begin()
		// Three times: how late a buffer is written depends on when in its turn the line comes.
		for _, watch := range []time.Duration{watched / 4, watched / 4, watched} {
			b.Probe(ctx, site.Probe{Route: site.RouteMain, Within: watched})
			answered := time.Now()
			for before := b.Gateway.Mark(); time.Since(answered) < watch; time.Sleep(20 * time.Millisecond) {
				if now := b.Gateway.Mark(); !slices.Equal(now, before) {
					before, last.Late = now, max(last.Late, time.Since(answered))
				}
			}
		}
		last.Machine = b.Strain.Late(span)
		if lines := b.Gateway.Since(mark); len(lines) > 0 {
			last.Line = lines[len(lines)-1]
		}
		return last, nil
	}
}
