package spec

import (
	"fmt"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/spec/matchers"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Holds is the body of a table whose entries are experiments: it runs one in a world of its own and fails unless the
// gateway kept its word. What it takes is a *catalog.Fault, a *catalog.Block (its upstream healthy) or a
// catalog.Experiment.
func Holds(ctx ginkgo.SpecContext, what any) {
	e, err := experiment(what)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	s, err := underTest()
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	holds(ctx, e, s)
}

func holds(ctx ginkgo.SpecContext, e catalog.Experiment, s subject) {
	v := runner.RunSettled(ctx, runner.Job{Experiment: e.ID, Gateway: s.Gateway, Version: s.Version, Setting: s.Setting},
		runner.Options{Mode: mode(), Args: suite.args})
	if s.Gateway.Kind() != gateway.KindKnown {
		v.Replay = command(ctx.SpecReport(), s) // The suite knows which file it is.
	}
	ginkgo.AddReportEntry("verdict", entry(v), ginkgo.ReportEntryVisibilityFailureOrVerbose)
	switch {
	case v.Result == verdict.Unsupported:
		ginkgo.Skip(lacking + v.Reason)
	case v.Known():
		ginkgo.Skip(fmt.Sprintf("known deviation: got %s, want %s: %s", v.Observed, v.Expected, v.Deviation))
	}
	gomega.Expect(v).To(matchers.Hold())
}

func experiment(what any) (catalog.Experiment, error) {
	switch w := what.(type) {
	case catalog.Experiment:
		return w, nil
	case *catalog.Fault:
		return catalog.Find(w.ID)
	case *catalog.Block:
		return catalog.Find(w.ID)
	}
	return catalog.Experiment{}, fmt.Errorf(
		"read table entry: got %T, want a *catalog.Fault, a *catalog.Block or a catalog.Experiment",
		what,
	)
}

// entry is a verdict as a report entry: the same JSON, and some lines for a console.
type entry verdict.Verdict

// String tells what was seen: the evidence of the fault, each probe, and what the gateway logged.
func (r entry) String() string {
	var b strings.Builder
	fmt.Fprintf(
		&b,
		"%s: %s on %s %s, setting %s, world %s\n",
		r.Result,
		r.ID,
		r.Gateway,
		r.Version,
		r.Setting,
		r.World,
	)
	if r.Evidence != "" {
		fmt.Fprintf(&b, "  confirmed: %s\n", r.Evidence)
	}
	for _, o := range r.Observations {
		fmt.Fprintf(&b, "  %s: %s after %.0f ms, %d of it at the upstream\n", o.Probe, o, o.Took, o.Hits)
	}
	for _, line := range r.Log {
		fmt.Fprintf(&b, "  logged: %s\n", line)
	}
	return b.String()
}
