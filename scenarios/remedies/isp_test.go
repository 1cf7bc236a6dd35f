package remedies

import (
	"slices"

	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("Contact your ISP", Label("remedy", "contact-isp"), func() {
	for _, f := range clientnet.Faults() {
		if !slices.Contains(f.EndedBy, clientnet.Provider.ID) {
			continue
		}
		It("helps, and nobody else can, when "+f.Title, Label(f.ID), spec.In(func(ctx SpecContext, b *spec.Bench) {
			clientNet := b.AtHome(ctx, site.AtHome)
			b.BreakHome(ctx, clientNet, f)
			Expect(clientnet.Everything.Try(ctx, clientNet.Network)).To(Succeed())
			Expect(served(ctx, clientNet, f, false)).To(BeFalse(), "after everything at home was restarted")
			_, err := b.Reconfigure(ctx, func(*gateway.Vars) {})
			Expect(err).NotTo(HaveOccurred())
			Expect(served(ctx, clientNet, f, false)).To(BeFalse(), "after the site has restarted its gateway")
			Expect(clientnet.Provider.Try(ctx, clientNet.Network)).To(Succeed())
			Expect(served(ctx, clientNet, f, true)).To(BeTrue(), "after the provider has repaired its hop")
		}), SpecTimeout(enough))
	}

	It("does not help when the home's own router is full", spec.In(func(ctx SpecContext, b *spec.Bench) {
		clientNet := b.AtHome(ctx, site.AtHome)
		mend := b.BreakHome(ctx, clientNet, clientnet.NATFull)
		Expect(clientnet.Provider.Try(ctx, clientNet.Network)).To(Succeed())
		Expect(served(ctx, clientNet, clientnet.NATFull, false)).To(BeFalse())
		mend()
		Expect(clientNet.Get(ctx)).To(BeHealthy())
	}), SpecTimeout(enough))
})
