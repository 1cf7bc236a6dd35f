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

var _ = Describe("A network problem", Label("cause", string(cause.Network)), func() {
	DescribeTable("is a 502 that the gateway writes, when", spec.Holds, spec.Causes(cause.Network))

	It("does not make one POST into two", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.ResetAfterRequest)
		answer := b.Post(ctx)
		Expect(answer).To(BeBadGateway())
		Expect(b.HitsOf(answer.Nonce)).To(Equal(1),
			"the upstream has read the order; the client cannot know, and must not be helped")
	}), SpecTimeout(enough))

	It("does not reach the neighbour's route", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.Refused)
		Expect(b.Get(ctx)).To(BeBadGateway())
		Expect(b.Visit(ctx, site.RouteBystander)).To(BeHealthy())
	}), SpecTimeout(enough))

	It("is over as soon as the upstream listens again", spec.In(func(ctx SpecContext, b *spec.Bench) {
		listen := b.Inject(ctx, faults.Refused)
		Expect(b.Get(ctx)).To(BeBadGateway())
		listen()
		Eventually(ctx, b.Get).Should(BeHealthy())
	}), SpecTimeout(enough))
})
