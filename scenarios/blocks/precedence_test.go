package blocks

import (
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("A block and a broken upstream", Label("block", "cause"), func() {
	for _, block := range catalog.Blocks() {
		if block.Control != nil {
			continue // It is refused otherwise than with a 403.
		}
		It("do not pass for each other: in the same moment 403 for "+block.Title+", and 502 for all others",
			Label(block.ID), spec.In(func(ctx SpecContext, b *spec.Bench) {
				b.Try(block)
				b.Inject(ctx, faults.Refused)
				others := make(chan record.Observation, 1)
				go func() { others <- b.Get(ctx) }()
				for _, ask := range block.Refused {
					Expect(b.Ask(ctx, ask)).To(BeForbidden())
				}
				Eventually(ctx, others).Should(Receive(BeBadGateway()))
			}), SpecTimeout(enough))
	}

	It("stay apart when the upstream comes back: the block remains", spec.In(func(ctx SpecContext, b *spec.Bench) {
		listen := b.Inject(ctx, faults.Refused)
		Expect(b.Get(ctx)).To(BeBadGateway())
		listen()
		Eventually(ctx, b.Get).Should(BeHealthy())
		Expect(b.Ask(ctx, site.Ask{Agent: site.Crawler})).To(BeForbidden())
	}), SpecTimeout(enough))
})
