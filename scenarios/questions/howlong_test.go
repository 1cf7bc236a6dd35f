package questions

import (
	"context"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/fixtures/mutants"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

// How long is measured, gateway by gateway, in RECOVERY.md; what is claimed is an order, with room for a
// loaded machine.
const (
	presently = 5 * time.Second // What is over by itself is over by then: some of the gateways' time limits.
	awhile    = 2 * time.Second // What lasts is still there then.
	often     = 50 * time.Millisecond
	keeps     = "dns-outage-cached" // The experiment that says whether a gateway keeps a name for its time to live.
)

var _ = Describe("How long a 502 lasts", Label("how-long"), func() {
	for _, f := range []*catalog.Fault{faults.Refused, faults.WorkersBusy, faults.Frozen, faults.FirewallDrop} {
		It("depends on its cause: it is over soon after, and not before, when "+f.Title, Label(f.ID),
			spec.In(func(ctx SpecContext, b *spec.Bench) {
				undo := b.Inject(ctx, f)
				Consistently(ctx, b.Get).WithTimeout(awhile).WithPolling(often).Should(BeBadGateway())
				undo()
				Eventually(ctx, b.Get).WithTimeout(presently).WithPolling(often).Should(BeHealthy())
			}), SpecTimeout(enough))
	}

	It("is until somebody repairs it, when the configuration is wrong: waiting does not help",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			repair := b.Inject(ctx, faults.WrongPort)
			Consistently(ctx, b.Get).WithTimeout(presently).WithPolling(often).Should(BeBadGateway())
			repair()
			Eventually(ctx, b.Get).WithTimeout(presently).WithPolling(often).Should(BeHealthy())
		}), SpecTimeout(enough))

	It("is as long as a wrong address may be kept, when the name has led there: the time to live outlasts the repair",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			b.Trust(keeps)
			brief, long := outage(ctx, b, 0), outage(ctx, b, 4*time.Second)
			Expect(long).To(BeNumerically(">", brief))
		}), SpecTimeout(enough))
})

// outage lets the upstream's name lead to a machine that is not it, with this time to live, until clients get a
// 502 of it, repairs the name, and returns how long they went on to.
func outage(ctx context.Context, b *spec.Bench, live time.Duration) time.Duration {
	GinkgoHelper()
	named := func(ctx context.Context) record.Observation { return b.Visit(ctx, site.RouteNamed) }
	host, right := b.Plan.Named.Host, b.Plan.Upstream.Addr()
	limit := live + b.Definition.Resolves + presently
	b.DNS.SetFor(host, live, b.Plan.Stranger)
	Eventually(ctx, func(ctx context.Context) record.Observation {
		Expect(b.DropPooled(ctx)).To(Succeed(), "a connection that is kept leads to the old address for as long as "+
			"it is used")
		return named(ctx)
	}).WithTimeout(limit).WithPolling(often).Should(BeBadGateway())
	b.DNS.SetFor(host, live, right)
	begin := time.Now()
	if live > 0 {
		Expect(named(ctx)).To(BeBadGateway(), "the name is right, and the gateway need not know")
	}
	Eventually(ctx, named).WithTimeout(limit).WithPolling(often).Should(BeHealthy())
	AddReportEntry("outage", time.Since(begin).String()+" with a time to live of "+live.String())
	return time.Since(begin)
}

// Each gateway is the built-in one but for a mistake.
var _ = Describe("A claim about how long a 502 lasts", func() {
	const (
		passes = "How long a 502 lasts depends on its cause: it is over soon after, and not before, when nothing " +
			"listens at the upstream's address"
		stays = "How long a 502 lasts is until somebody repairs it, when the configuration is wrong: waiting does " +
			"not help"
		cached = "How long a 502 lasts is as long as a wrong address may be kept, when the name has led there: the " +
			"time to live outlasts the repair"
	)
	spec.Catches(mutants.Sulks.Gateway, passes, "Timed out after")
	spec.Catches(mutants.DeadIs200.Gateway, passes, "Failed after")
	spec.Catches(mutants.BearsGrudges.Gateway, stays, "Timed out after")
	spec.Catches(mutants.Sulks.Gateway, cached, "Timed out after")
})
