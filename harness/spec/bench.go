package spec

import (
	"context"
	"errors"
	"slices"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// Bench is a harness.Bench for specs: its verbs fail the spec when they cannot be done, skip it when they cannot be done here, and are undone at its end.
type Bench struct {
	*harness.Bench
	subject  subject
	prepared []*harness.Fault
}

// newBench sets a bench up in the world and waits until the gateway serves on every route.
func newBench(ctx context.Context, i inside, prepared []*harness.Fault) *Bench {
	b, err := harness.NewBench(i.world, harness.Setup{Definition: i.subject.Gateway, Setting: i.subject.Setting, Prepare: func(p *harness.Plan) {
		for _, f := range prepared {
			if f.Prepare != nil {
				f.Prepare(p)
			}
		}
	}})
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ginkgo.DeferCleanup(b.Close)
	gomega.Expect(b.Steady(ctx, harness.RouteMain, harness.RouteBystander, harness.RouteNamed, harness.RouteSecure)).To(gomega.Succeed())
	return &Bench{Bench: b, subject: i.subject, prepared: prepared}
}

// Inject breaks the world with f, proves that it is broken, and returns. Undo mends it; so does the end of the spec. Inject skips the spec when the world cannot
// be broken so, or when the gateway is known not to answer f as it should, so that nothing can be built on its answer.
func (b *Bench) Inject(ctx context.Context, f *harness.Fault) (undo func()) {
	ginkgo.GinkgoHelper()
	known, err := b.subject.known(f.ID)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	if known != "" {
		ginkgo.Skip("known deviation: " + f.ID + ": " + known)
	}
	if f.Prepare != nil && !slices.Contains(b.prepared, f) {
		ginkgo.Fail("inject " + f.ID + ": got a world that is not prepared for it, want spec.In(…, faults.…) to name it")
	}
	mend, err := b.Bench.Inject(ctx, f)
	if errors.Is(err, errors.ErrUnsupported) {
		ginkgo.Skip("unsupported: " + err.Error())
	}
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ginkgo.DeferCleanup(mend)
	return func() {
		ginkgo.GinkgoHelper()
		gomega.Expect(mend(context.WithoutCancel(ctx))).To(gomega.Succeed())
	}
}

// Try skips the spec where the block cannot be tried: the world or the gateway cannot express it, or the gateway is known not to hold it.
func (b *Bench) Try(block *harness.Block) {
	ginkgo.GinkgoHelper()
	for _, n := range block.Needs {
		if reason := b.World.Lacks(n); reason != "" {
			ginkgo.Skip("unsupported: " + reason)
		}
	}
	if reason := b.Definition.Cannot[block.ID]; reason != "" {
		ginkgo.Skip("unsupported: " + reason)
	}
	known, err := b.subject.known(block.ID)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	if known != "" {
		ginkgo.Skip("known deviation: " + block.ID + ": " + known)
	}
}

// Crowd keeps n workers of the upstream busy, with real requests past the gateway, until it leaves or the spec ends. More than harness.Workers do not fit in.
func (b *Bench) Crowd(ctx context.Context, n int) *upstream.Crowd {
	ginkgo.GinkgoHelper()
	crowd, err := upstream.NewCrowd(ctx, b.Plan.Upstream.String(), n)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ginkgo.DeferCleanup(crowd.Leave)
	return crowd
}

// Ask probes the gateway once as the client that a describes. It skips the spec where no client can come from that client's address.
func (b *Bench) Ask(ctx context.Context, a harness.Ask) harness.Observation {
	ginkgo.GinkgoHelper()
	if reason := b.World.Lacks(world.SourceAddress); reason != "" && a.From != harness.Anyone {
		ginkgo.Skip("unsupported: " + reason)
	}
	return b.Bench.Ask(ctx, a)
}
