package causes

import (
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("A firewall between gateway and upstream", Label("cause", string(cause.Firewall)), func() {
	DescribeTable("is a 502 that the gateway writes, when", spec.Holds, spec.Causes(cause.Firewall))

	It("harms only the route whose port it blocks", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.FirewallBlocksOnePort)
		Expect(b.Get(ctx)).To(BeBadGateway())
		Expect(b.Visit(ctx, site.RouteBystander)).To(BeHealthy(), "the same host, another port")
	}, faults.FirewallBlocksOnePort), SpecTimeout(enough))

	It("is found out sooner when it rejects than when it drops", spec.In(func(ctx SpecContext, b *spec.Bench) {
		open := b.Inject(ctx, faults.FirewallRejectRST)
		rejected := b.Get(ctx)
		Expect(rejected).To(BeBadGateway())
		open()
		b.Inject(ctx, faults.FirewallDrop)
		dropped := b.Get(ctx)
		Expect(dropped).To(BeBadGateway())
		Expect(rejected.Took).To(BeNumerically("<", dropped.Took))
	}), SpecTimeout(enough))

	It("is over when its rule is gone", spec.In(func(ctx SpecContext, b *spec.Bench) {
		open := b.Inject(ctx, faults.FirewallDrop)
		Expect(b.Get(ctx)).To(BeBadGateway())
		open()
		Eventually(ctx, b.Get).Should(BeHealthy())
	}), SpecTimeout(enough))
})
