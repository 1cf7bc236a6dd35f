package remedies

import (
	"github.com/gatequake/gatequake/harness/catalog"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/fixtures/mutants"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/remedies"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
	"github.com/gatequake/gatequake/harness/verdict"
)

var _ = Describe("What a client can do", Label("remedy", "refresh", "other-browser"), func() {
	DescribeTable("helps nobody while the cause is there: when", func(ctx SpecContext, f *catalog.Fault) {
		seen := spec.Remedied(ctx, f, remedies.Refresh, remedies.ClearBrowserCache, remedies.OtherBrowser,
			remedies.CheckStatusAndLogs)
		Expect(seen).NotTo(BeHelpedBy(remedies.Refresh))
		Expect(seen).NotTo(BeHelpedBy(remedies.ClearBrowserCache))
		Expect(seen).NotTo(BeHelpedBy(remedies.OtherBrowser))
		Expect(seen).NotTo(BeHelpedBy(remedies.CheckStatusAndLogs))
	},
		Entry(faults.WorkersBusy.Title, Label("overload"), SpecTimeout(enough), faults.WorkersBusy),
		Entry(faults.Refused.Title, Label("network"), SpecTimeout(enough), faults.Refused),
		Entry(faults.DNSNXDomain.Title, Label("dns"), SpecTimeout(enough), faults.DNSNXDomain),
		Entry(faults.FirewallBlocksDNS.Title, Label("firewall"), SpecTimeout(enough), faults.FirewallBlocksDNS),
		Entry(faults.WrongPort.Title, Label("configuration"), SpecTimeout(enough), faults.WrongPort),
		Entry(faults.CrashLoop.Title, Label("bug"), SpecTimeout(enough), faults.CrashLoop),
	)

	It("helps where the next request does not meet the cause: a refresh does, after a stale pooled connection",
		func(ctx SpecContext) {
			Expect(spec.Remedied(ctx, faults.StalePooledConnection, remedies.Refresh)).To(BeHelpedBy(remedies.Refresh))
		}, SpecTimeout(enough))

	It("is no more than a refresh there: another browser is served because the cause is gone, and not because it "+
		"is another", func(ctx SpecContext) {
		Expect(spec.Remedied(ctx, faults.StalePooledConnection, remedies.OtherBrowser)).
			NotTo(BeHelpedBy(remedies.OtherBrowser))
	}, SpecTimeout(enough))
})

var _ = Describe("What a client can do who is blocked", Label("remedy", "block", "other-browser"), func() {
	It("is to come with another browser, where the browser's name was the reason", func(ctx SpecContext) {
		Expect(spec.Remedied(ctx, faults.UserAgentDeny, remedies.OtherBrowser)).To(BeHelpedBy(remedies.OtherBrowser))
	}, SpecTimeout(enough))

	DescribeTable("is nothing, where the reason goes along: for", func(ctx SpecContext, b *catalog.Block) {
		seen := spec.Remedied(ctx, b, remedies.Refresh, remedies.ClearBrowserCache, remedies.OtherBrowser)
		Expect(seen).NotTo(BeHelpedBy(remedies.Refresh))
		Expect(seen).NotTo(BeHelpedBy(remedies.ClearBrowserCache))
		Expect(seen).NotTo(BeHelpedBy(remedies.OtherBrowser))
	},
		Entry(faults.IPDeny.Title, SpecTimeout(enough), faults.IPDeny),
		Entry(faults.PathPermission.Title, SpecTimeout(enough), faults.PathPermission),
	)
})

var _ = Describe("Clearing the cache", Label("remedy", "clear-browser-cache"), func() {
	It("helps when an error page could be kept: it is then shown until somebody does, although the cause is gone",
		func(ctx SpecContext) {
			Expect(on(ctx, mutants.CacheableError, faults.Refused, remedies.ClearBrowserCache)).
				To(BeHelpedBy(remedies.ClearBrowserCache))
		}, SpecTimeout(enough))
})

// A claim that no gateway can break says nothing: each is broken by one that is wrong on purpose.
var _ = Describe("It is found out", Label("mutant"), func() {
	DescribeTable("when a remedy seems to help, with", func(ctx SpecContext, m mutants.Mutant, r *catalog.Remedy) {
		Expect(on(ctx, m, faults.Refused, r)).To(BeHelpedBy(r))
	},
		Entry("a refresh, on a gateway that "+mutants.Relents.About, SpecTimeout(enough), mutants.Relents,
			remedies.Refresh),
		Entry("another browser, on a gateway that "+mutants.FavoursABrowser.About, SpecTimeout(enough),
			mutants.FavoursABrowser, remedies.OtherBrowser),
		Entry("a cleared cache, on a gateway that "+mutants.CacheableError.About, SpecTimeout(enough),
			mutants.CacheableError, remedies.ClearBrowserCache),
	)

	It("when a refresh no longer helps, on a gateway that "+mutants.Insists.About, func(ctx SpecContext) {
		Expect(on(ctx, mutants.Insists, faults.StalePooledConnection, remedies.Refresh)).
			NotTo(BeHelpedBy(remedies.Refresh))
	}, SpecTimeout(enough))

	It("when another browser no longer helps, on a gateway that "+mutants.KnowsOneBrowser.About, func(ctx SpecContext) {
		Expect(on(ctx, mutants.KnowsOneBrowser, faults.UserAgentDeny, remedies.OtherBrowser)).
			NotTo(BeHelpedBy(remedies.OtherBrowser))
	}, SpecTimeout(enough))
})

// on tries a remedy on a gateway that is wrong on purpose.
func on(ctx SpecContext, m mutants.Mutant, what any, r *catalog.Remedy) verdict.Verdict {
	GinkgoHelper()
	d, err := m.Gateway()
	Expect(err).NotTo(HaveOccurred())
	return spec.RemediedOn(ctx, d, what, r)
}
