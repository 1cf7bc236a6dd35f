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

var _ = Describe("A wrong server configuration", Label("cause", string(cause.Configuration)), func() {
	DescribeTable("is a 502 that the gateway writes, when", spec.Holds, spec.Causes(cause.Configuration))

	It("is a 502 though nothing is wrong with the upstream", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.WrongPort)
		Expect(b.Get(ctx)).To(BeBadGateway())
		direct, _ := b.Direct(ctx, b.Plan.Upstream, enough)
		Expect(direct.Status).To(Equal(200), "past the gateway, all is well")
	}), SpecTimeout(enough))

	It("is over when the right one is deployed", spec.In(func(ctx SpecContext, b *spec.Bench) {
		correct := b.Inject(ctx, faults.WrongPort)
		Expect(b.Get(ctx)).To(BeBadGateway())
		correct()
		Eventually(ctx, b.Get).Should(BeHealthy())
	}), SpecTimeout(enough))

	It("of one upstream's certificate spares the other upstreams", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.CertificateExpired)
		Expect(b.Visit(ctx, site.RouteSecure)).To(BeBadGateway())
		Expect(b.Get(ctx)).To(BeHealthy())
	}), SpecTimeout(enough))
})
