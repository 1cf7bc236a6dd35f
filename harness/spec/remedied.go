package spec

import (
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Remedied tries remedies on the gateway under test, in a world of its own, for a client who sees what a fault or a
// block makes of its request. What is a *catalog.Fault, a *catalog.Block or a catalog.Experiment. It may take all of
// the spec's time. It skips the spec where that cannot be tried, or where nobody sees a failure and the gateway may
// serve there, and fails it where it may not, or nobody can tell what came of it.
func Remedied(ctx ginkgo.SpecContext, what any, tried ...*catalog.Remedy) verdict.Verdict {
	ginkgo.GinkgoHelper()
	s, err := underTest()
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	return remedied(ctx, s, what, tried)
}

// RemediedOn does as Remedied, with a gateway of the suite's own in the setting document.
func RemediedOn(ctx ginkgo.SpecContext, d *gateway.Definition, what any, tried ...*catalog.Remedy) verdict.Verdict {
	ginkgo.GinkgoHelper()
	return remedied(ctx, subject{Gateway: d, Setting: document}, what, tried)
}

func remedied(ctx ginkgo.SpecContext, s subject, what any, tried []*catalog.Remedy) verdict.Verdict {
	ginkgo.GinkgoHelper()
	e, err := experiment(what)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ids := []string{}
	for _, r := range tried {
		ids = append(ids, r.ID)
	}
	v := runner.RunSettled(
		ctx,
		runner.Job{Experiment: e.ID, Gateway: s.Gateway, Version: s.Version, Setting: s.Setting, Remedies: ids},
		runner.Options{Mode: mode(), Args: suite.args, Timeout: left(ctx)},
	)
	ginkgo.AddReportEntry("verdict", entry(v), ginkgo.ReportEntryVisibilityFailureOrVerbose)
	if v.Result == verdict.Unsupported {
		ginkgo.Skip(lacking + v.Reason)
	}
	gomega.Expect(v.Result).To(gomega.Equal(verdict.Pass), v.Reason)
	for _, a := range v.Remedies {
		if a.Unseen {
			gomega.Expect(s.mayServe(e)).To(gomega.BeTrue(), "%s: %s", e.ID, a.Reason)
		}
		if a.Outcome == record.NotApplicable {
			ginkgo.Skip("not applicable: " + a.Remedy + ": " + a.Reason)
		}
	}
	return v
}

// mayServe reports whether clients may be served in the experiment: the standards let a gateway make it good, or this
// one is known to do something of its own.
func (s subject) mayServe(e catalog.Experiment) (bool, error) {
	if e.Fault != nil && (e.Fault.Tolerated != nil || e.Fault.AfterHead) {
		return true, nil
	}
	known, err := s.known(e.ID)
	return known != "", err
}

// left is the time that the spec has for an experiment, zero if it does not say.
func left(ctx ginkgo.SpecContext) time.Duration {
	if end, ok := ctx.Deadline(); ok {
		return max(time.Until(end)-margin, time.Second)
	}
	return 0
}
