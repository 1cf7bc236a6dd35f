package spec

import (
	"context"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// AtHome returns the home network of the client, from which the gateway can be reached. It skips the spec where no
// such network can be built.
func (b *Bench) AtHome(ctx context.Context, who site.Client) *clientnet.Home {
	ginkgo.GinkgoHelper()
	for _, n := range []world.Need{world.AnyAddress, world.Firewall} {
		if reason := b.World.Lacks(n); reason != "" {
			ginkgo.Skip(lacking + reason)
		}
	}
	h, err := clientnet.HomeOf(b.Bench, who)
	skipUnsupported(err)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ginkgo.DeferCleanup(h.Close)
	gomega.Expect(h.Get(ctx).Healthy()).To(gomega.BeTrue(), "the gateway can be reached from home")
	return h
}

// BreakHome breaks the home's way to the gateway, proves that it is broken, and returns. Mend mends it; so does the
// end of the spec. What is given to BreakHome last must be mended first.
func (b *Bench) BreakHome(ctx context.Context, h *clientnet.Home, f *clientnet.Fault) (mend func()) {
	ginkgo.GinkgoHelper()
	i, err := f.Inject(ctx, h.Network)
	gomega.Expect(err).NotTo(gomega.HaveOccurred(), "inject "+f.ID)
	ginkgo.DeferCleanup(i.Undo)
	b.Confirm(ctx, i.Confirm)
	return func() {
		ginkgo.GinkgoHelper()
		b.Confirm(ctx, i.Confirm) // It was broken to the end.
		gomega.Expect(i.Undo(context.WithoutCancel(ctx))).To(gomega.Succeed())
	}
}

// Confirm writes the evidence down that something is broken, and fails the spec if there is none.
func (b *Bench) Confirm(ctx context.Context, confirm func(context.Context) (string, error)) {
	ginkgo.GinkgoHelper()
	evidence, err := confirm(ctx)
	gomega.Expect(err).NotTo(gomega.HaveOccurred(), "not confirmed")
	ginkgo.GinkgoWriter.Println("confirmed:", evidence)
}
