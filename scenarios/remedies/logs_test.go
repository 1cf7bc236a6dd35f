package remedies

import (
	"github.com/gatequake/gatequake/harness/catalog"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/fixtures/mutants"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/remedies"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
	"github.com/gatequake/gatequake/harness/verdict"
)

// different are faults of five error types (lines of fewer cannot be compared), with two of the first: what the
// log says of a single experiment may be chance.
var different = []*catalog.Fault{
	faults.SilentAfterAccept, faults.Deadlock, faults.Refused, faults.DNSNXDomain,
	faults.CertificateExpired, faults.H2Upstream,
}

var _ = Describe("The gateway's log", Label("remedy", "check-status-and-logs"), func() {
	It("tells whoever looks when the upstream has taken the request and is silent; of other causes some gateways "+
		"say more, and some do not (RESULTS.md)", func(ctx SpecContext) {
		told := compared(func(f *catalog.Fault) verdict.Verdict {
			return spec.Remedied(ctx, f, remedies.CheckStatusAndLogs)
		})
		Expect(told[0].ID).To(Equal(faults.SilentAfterAccept.ID))
		Expect(told[0]).To(BeHelpedBy(remedies.CheckStatusAndLogs))
	}, SpecTimeout(2*enough))

	It("is found out to tell nothing, of a gateway that "+mutants.KeepsQuiet.About, Label("mutant"),
		func(ctx SpecContext) {
			for _, v := range compared(func(f *catalog.Fault) verdict.Verdict {
				return on(ctx, mutants.KeepsQuiet, f, remedies.CheckStatusAndLogs)
			}) {
				Expect(v).NotTo(BeHelpedBy(remedies.CheckStatusAndLogs))
			}
		}, SpecTimeout(2*enough))
})

// compared holds what a gateway logs of each fault against what it logs of the others.
func compared(try func(*catalog.Fault) verdict.Verdict) []verdict.Verdict {
	r := report.Run{}
	for _, f := range different {
		r.Verdicts = append(r.Verdicts, try(f))
	}
	return report.ReadLogs(r).Verdicts
}
