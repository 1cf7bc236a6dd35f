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

var _ = Describe("A DNS problem", Label("cause", string(cause.DNS)), func() {
	DescribeTable("is a 502 that the gateway writes, when", spec.Holds, spec.Causes(cause.DNS))

	It("spares the routes whose upstream has no name", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.DNSNXDomain)
		Expect(b.Visit(ctx, site.RouteNamed)).To(BeBadGateway())
		Expect(b.Get(ctx)).To(BeHealthy())
	}), SpecTimeout(enough))

	It("is over when the name is back, with nothing restarted", spec.In(func(ctx SpecContext, b *spec.Bench) {
		publish := b.Inject(ctx, faults.DNSNXDomain)
		Expect(b.Visit(ctx, site.RouteNamed)).To(BeBadGateway())
		publish()
		Eventually(ctx, b.Visit).WithArguments(site.RouteNamed).Should(BeHealthy())
	}), SpecTimeout(enough))
})
