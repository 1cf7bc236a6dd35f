package questions

import (
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("What is a 502 Bad Gateway error?", Label("question", "what-is-a-502"), func() {
	It("An invalid answer of the upstream's, and nothing that the client did: the same request is served before "+
		"and after", spec.In(func(ctx SpecContext, b *spec.Bench) {
		invalid, err := catalog.Find("header-without-colon")
		Expect(err).NotTo(HaveOccurred())
		Expect(b.Get(ctx)).To(BeHealthy())
		repair := b.Inject(ctx, invalid.Fault)
		refused := b.Get(ctx)
		Expect(refused).To(BeBadGateway())
		Expect(b.HitsOf(refused.Nonce)).To(BeNumerically(">=", 1),
			"the request came to the upstream: it was good enough to be forwarded")
		repair()
		Eventually(ctx, b.Get).Should(BeHealthy())
	}), SpecTimeout(enough))

	It("Nothing of the client's: whoever asks, by whatever method, gets the same",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			invalid, err := catalog.Find("header-without-colon")
			Expect(err).NotTo(HaveOccurred())
			b.Inject(ctx, invalid.Fault)
			for _, ask := range []site.Ask{{}, {Path: "/orders"}, {Method: "POST"}, {From: site.Neighbour}} {
				Expect(b.Ask(ctx, ask)).To(BeBadGateway())
			}
			Expect(b.Visit(ctx, site.RouteBystander)).To(BeHealthy(), "the same gateway, another upstream")
		}), SpecTimeout(enough))
})
