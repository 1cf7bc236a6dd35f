package spec

import (
	"fmt"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/gatequake/gatequake/harness/world"
)

// play runs the one spec that r asks for in w, with all of Ginkgo around it, and returns its report.
func play(t *testing.T, w *world.World, r request) (any, error) {
	suite.inside = &inside{world: w, subject: r.subject}
	done := make(chan types.Report)
	ginkgo.ReportAfterSuite("tell the world outside", func(report ginkgo.Report) {
		done <- report
		// The answer ends this process; what Ginkgo would do from here on (print, set an exit status) is for the
		// process outside.
		select {}
	})
	go func() {
		config, reporter := ginkgo.GinkgoConfiguration()
		config.FocusStrings = []string{r.Focus}
		reporter.Succinct = true
		ginkgo.RunSpecs(t, suite.description, config, reporter)
	}()
	return pick((<-done).SpecReports)
}

// pick returns the report of the one spec that ran; or of what failed around it, a BeforeSuite for one, if the spec
// itself did not.
func pick(all types.SpecReports) (any, error) {
	ran := types.SpecReports{}
	for _, r := range all.WithLeafNodeType(types.NodeTypeIt) {
		if r.NumAttempts > 0 {
			ran = append(ran, r)
		}
	}
	if len(ran) > 1 {
		return nil, fmt.Errorf("%d specs have the text %q: give them different ones", len(ran), ran[0].FullText())
	}
	failed := all.WithState(types.SpecStateFailureStates)
	if len(ran) == 1 && (ran[0].Failed() || len(failed) == 0) {
		return ran[0], nil
	}
	if len(failed) > 0 {
		return failed[0], nil
	}
	return nil, fmt.Errorf(
		"the spec did not run in its world: is the suite's tree of specs the same in every process?",
	)
}
