package prevention

import (
	"fmt"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/loadtest"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

// The load on a pool: some tens of requests, so that each member has its turn often, at a rate that costs nothing.
const (
	calm  = 20
	turns = 2 * time.Second
	// long is for a load half as large again as the capacity: clients wait half a second longer with each second,
	// and in the end longer than any gateway does.
	long = 5 * time.Second
)

// luck is what a gateway that picks members by chance may be off by: three standard deviations of forty tosses.
const luck = 0.25

var _ = Describe("Load balancing", Serial, Label("load-balancing"), func() {
	pool := site.Probe{Route: site.RouteBalanced}

	for _, f := range catalog.Faults() {
		if !slices.Contains(f.Also, site.Balanced) {
			continue
		}
		for _, members := range []int{2, 3} {
			It(fmt.Sprintf("with one of %d members broken spares the clients of the others, when %s", members, f.Title),
				labels(f, members),
				spec.Layout{Members: members}.In(func(ctx SpecContext, b *spec.Bench) {
					b.Break(ctx, f)
					with := b.Send(ctx, loadtest.Load{
						Name:  fmt.Sprintf("GET, one of %d members: %s", members, f.Title),
						Probe: pool, Rate: calm, For: turns,
					})
					without := b.Send(ctx, loadtest.Load{Name: "GET, the only one: " + f.Title, Rate: calm, For: turns})
					Expect(without.Served()).To(BeZero(), "who has one upstream has none now")
					Expect(with.Share(with.Failed())).To(BeNumerically("<=", 1/float64(members)+luck))
				}), SpecTimeout(enough))
		}

		It("hides from who reads that one of two members is broken, where the gateway asks the other, when "+f.Title,
			labels(f, 2), spec.In(func(ctx SpecContext, b *spec.Bench) {
				b.Break(ctx, f)
				with := b.Send(ctx, loadtest.Load{Probe: pool, Rate: calm, For: turns})
				b.Trust(f.ID + "@balanced")
				Expect(with).To(ServeAll())
			}), SpecTimeout(enough))
	}

	It("makes of what is too much for one upstream what is not for two", Label("long"),
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			tooMuch := 3 * b.Busy(work) / 2
			Expect(b.Send(ctx, loadtest.Load{
				Name: "1.5 × the capacity of one upstream, on one", Rate: tooMuch,
				For: long,
			})).To(FailHonestly())
			Expect(b.Steady(ctx, site.RouteMain)).To(Succeed())
			Expect(b.Send(ctx, loadtest.Load{
				Name: "1.5 × the capacity of one upstream, on two", Probe: pool, Rate: tooMuch,
				For: long,
			})).To(ServeAll())
		}), SpecTimeout(enough))
})

// labels are the fault's, and for all but one fault of one of two members "long": make prevention, every night, tries
// what is.
func labels(f *catalog.Fault, members int) Labels {
	if f.ID == faults.Refused.ID && members == 2 {
		return Label(f.ID)
	}
	return Label(f.ID, "long")
}
