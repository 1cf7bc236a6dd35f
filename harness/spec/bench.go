package spec

import (
	"context"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/engine"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/sites"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// Bench is a site.Bench for specs: its verbs fail the spec when they cannot be done, skip it when they cannot be
// done here, and are undone at its end.
type Bench struct {
	*site.Bench
	subject subject
	layout  Layout
}

// newBench sets a bench up in the world and waits until the gateway serves on every route.
func newBench(ctx context.Context, i inside, l Layout) *Bench {
	if reason := l.cannot(i.subject); reason != "" {
		ginkgo.Skip(lacking + reason)
	}
	b, err := sites.New(i.world, l.setup(i.subject))
	skipUnsupported(err)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ginkgo.DeferCleanup(func() {
		if ginkgo.CurrentSpecReport().Failed() {
			ginkgo.AddReportEntry(
				"the gateway's log",
				strings.Join(b.Gateway.Since(nil), "\n"),
				ginkgo.ReportEntryVisibilityFailureOrVerbose,
			)
		}
		b.Close()
	})
	gomega.Expect(b.Steady(ctx, b.Routes()...)).To(gomega.Succeed())
	return &Bench{Bench: b, subject: i.subject, layout: l}
}

// Inject breaks the world with f, proves that it is broken, and returns. Undo mends it; so does the end of the spec.
// Inject skips the spec when the world cannot be broken so, or when the gateway is known not to answer f as it
// should, so that nothing can be built on its answer.
func (b *Bench) Inject(ctx context.Context, f *catalog.Fault) (undo func()) {
	ginkgo.GinkgoHelper()
	b.Trust(f.ID)
	return b.Break(ctx, f)
}

// Trust skips the spec if the gateway is known to deviate in the experiment with the ID, so that nothing can be built
// on how it answers there.
func (b *Bench) Trust(id string) {
	ginkgo.GinkgoHelper()
	known, err := b.subject.known(id)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	if known != "" {
		ginkgo.Skip("known deviation: " + id + ": " + known)
	}
}

// Break injects f as Inject does, for specs that hold however the gateway answers it.
func (b *Bench) Break(ctx context.Context, f *catalog.Fault) (undo func()) {
	ginkgo.GinkgoHelper()
	if f.Prepare != nil && !slices.Contains(b.layout.Faults, f) {
		ginkgo.Fail(
			"inject " + f.ID + ": got a world that is not prepared for it, want spec.In(…, faults.…) to name it",
		)
	}
	mend, err := engine.Inject(ctx, b.Bench, f)
	skipUnsupported(err)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ginkgo.DeferCleanup(mend)
	return func() {
		ginkgo.GinkgoHelper()
		gomega.Expect(mend(context.WithoutCancel(ctx))).To(gomega.Succeed())
	}
}

// Try skips the spec where the block cannot be tried: the world or the gateway cannot express it, or the gateway is
// known not to hold it.
func (b *Bench) Try(block *catalog.Block) {
	ginkgo.GinkgoHelper()
	for _, n := range block.Needs {
		if reason := b.World.Lacks(n); reason != "" {
			ginkgo.Skip(lacking + reason)
		}
	}
	if reason := b.Definition.Cannot[block.ID]; reason != "" {
		ginkgo.Skip(lacking + reason)
	}
	b.Trust(block.ID)
}

// Crowd keeps n workers of the upstream busy, with real requests past the gateway, until it leaves or the spec ends.
// More than harness.Workers do not fit in.
func (b *Bench) Crowd(ctx context.Context, n int) *upstream.Occupancy {
	ginkgo.GinkgoHelper()
	crowd, err := upstream.Occupy(ctx, b.Plan.Upstream.String(), n)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ginkgo.DeferCleanup(crowd.Release)
	return crowd
}

// Ask probes the gateway once as the client that a describes. It skips the spec where no client can come from that
// client's address.
func (b *Bench) Ask(ctx context.Context, a site.Ask) record.Observation {
	ginkgo.GinkgoHelper()
	if reason := b.World.Lacks(world.SourceAddress); reason != "" && a.From != site.Anyone {
		ginkgo.Skip(lacking + reason)
	}
	return b.Bench.Ask(ctx, a)
}
