package blocks

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/spec"
	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("A block", Label("block"), func() {
	DescribeTable("is a 403 that the gateway writes, and the upstream is not asked, for", spec.Holds, spec.Blocks())

	It("lies in the address: another one is served", spec.In(func(ctx SpecContext, b *spec.Bench) {
		Expect(b.Ask(ctx, harness.Ask{From: harness.Banned})).To(BeForbidden())
		Expect(b.Ask(ctx, harness.Ask{From: harness.Neighbour})).To(BeHealthy())
	}), SpecTimeout(enough))

	It("lies in the name: the crawler is served as a browser", spec.In(func(ctx SpecContext, b *spec.Bench) {
		Expect(b.Ask(ctx, harness.Ask{Agent: harness.Crawler})).To(BeForbidden())
		Expect(b.Ask(ctx, harness.Ask{Agent: harness.Browser})).To(BeHealthy())
	}), SpecTimeout(enough))

	It("is not a matter of time: it does not wait for a silent upstream", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.SilentAfterAccept)
		refused, waited := b.Ask(ctx, harness.Ask{Agent: harness.Crawler}), b.Get(ctx)
		Expect(refused).To(BeForbidden())
		Expect(waited).To(BeBadGateway())
		Expect(refused.Took).To(BeNumerically("<", waited.Took/10), "milliseconds")
	}), SpecTimeout(enough))
})
