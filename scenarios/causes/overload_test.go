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

var _ = Describe("Server overload", Label("cause", string(cause.Overload)), func() {
	DescribeTable("is a 502 that the gateway writes, when", spec.Holds, spec.Causes(cause.Overload))

	It("is no 502 as long as one worker is free", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Crowd(ctx, site.Workers-1)
		Expect(b.Get(ctx)).To(BeHealthy())
	}), SpecTimeout(enough))

	It("is over when the crowd leaves, with nothing restarted", spec.In(func(ctx SpecContext, b *spec.Bench) {
		leave := b.Inject(ctx, faults.WorkersBusy)
		Expect(b.Get(ctx)).To(BeBadGateway())
		leave()
		Eventually(ctx, b.Get).Should(BeHealthy())
	}), SpecTimeout(enough))

	It("is over when the frozen upstream thaws", spec.In(func(ctx SpecContext, b *spec.Bench) {
		thaw := b.Inject(ctx, faults.Frozen)
		Expect(b.Get(ctx)).To(BeBadGateway())
		thaw()
		Eventually(ctx, b.Get).Should(BeHealthy())
	}), SpecTimeout(enough))
})
