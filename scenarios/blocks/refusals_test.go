package blocks

import (
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("A block", Label("block"), func() {
	DescribeTable("is a 403 that the gateway writes (a control is what it says it is), and the upstream is not "+
		"asked, for", spec.Holds, spec.Blocks())

	It("lies in the address: another one is served", spec.In(func(ctx SpecContext, b *spec.Bench) {
		Expect(b.Ask(ctx, site.Ask{From: site.DeniedIP})).To(BeForbidden())
		Expect(b.Ask(ctx, site.Ask{From: site.Neighbour})).To(BeHealthy())
	}), SpecTimeout(enough))

	It("lies in the way that a person takes: a VPN on is refused, and off is served",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			b.Try(faults.VPNRange)
			Expect(b.Ask(ctx, site.Ask{From: site.BehindVPN, Header: []client.Field{site.AllowedUser}})).
				To(BeForbidden())
			Expect(b.Ask(ctx, site.Ask{From: site.AtHome, Header: []client.Field{site.AllowedUser}})).To(BeHealthy())
		}), SpecTimeout(enough))

	It("is what the authorisation service says, not that it is gone", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Try(faults.ExternalAuth)
		mallory := site.Ask{Path: site.RouteVouched.Path(), Header: []client.Field{site.DeniedUser}}
		Expect(b.Ask(ctx, mallory)).To(BeForbidden())
		back := b.Inject(ctx, faults.ExternalAuthDead)
		Expect(b.Ask(ctx, mallory)).To(BeBadGateway())
		back()
		Expect(b.Ask(ctx, mallory)).To(BeForbidden())
	}), SpecTimeout(enough))

	It("lies in the name: the crawler is served as a browser", spec.In(func(ctx SpecContext, b *spec.Bench) {
		Expect(b.Ask(ctx, site.Ask{Agent: site.Crawler})).To(BeForbidden())
		Expect(b.Ask(ctx, site.Ask{Agent: site.Browser})).To(BeHealthy())
	}), SpecTimeout(enough))

	It("is not a matter of time: it does not wait for a silent upstream", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.SilentAfterAccept)
		refused, waited := b.Ask(ctx, site.Ask{Agent: site.Crawler}), b.Get(ctx)
		Expect(refused).To(BeForbidden())
		Expect(waited).To(BeBadGateway())
		Expect(refused.Took).To(BeNumerically("<", waited.Took), "milliseconds")
	}), SpecTimeout(enough))
})
