package causes

import (
	"github.com/gatequake/gatequake/harness/catalog"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("A bug in the upstream's software", Label("cause", string(cause.Bug)), func() {
	DescribeTable("is a 502 that the gateway writes, when", spec.Holds, spec.Causes(cause.Bug))

	It("keeps failing, after a crash, until somebody starts the upstream again",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			restart := b.Inject(ctx, faults.CrashOnRequest)
			Expect(b.Get(ctx)).To(BeBadGateway(), "the request that crashes it")
			Expect(b.Get(ctx)).NotTo(BeHealthy(), "the next one, to a port that nobody listens on")
			restart()
			Eventually(ctx, b.Get).Should(BeHealthy())
		}), SpecTimeout(enough))

	It("leaves nothing of a garbled answer in the next one", spec.In(func(ctx SpecContext, b *spec.Bench) {
		garbage, err := catalog.Find("garbage")
		Expect(err).NotTo(HaveOccurred())
		repair := b.Inject(ctx, garbage.Fault)
		Expect(b.Get(ctx)).To(BeBadGateway())
		repair()
		Eventually(ctx, b.Get).Should(BeHealthy())
	}), SpecTimeout(enough))
})
