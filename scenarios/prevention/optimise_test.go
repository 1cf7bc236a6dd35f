package prevention

import (
	"time"

	"github.com/gatequake/gatequake/harness/loadtest"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

// A request keeps one of the upstream's workers busy for work: long enough for the rest of its way to cost little
// beside it, which with four workers makes forty a second.
const (
	work   = 100 * time.Millisecond
	awhile = 3 * time.Second // Three of the gateways' time limits: a queue has the time to grow past one.
)

var _ = Describe("Optimising the server", Serial, Label("optimise"), func() {
	It("is worth it: below its capacity there is no 502", spec.In(func(ctx SpecContext, b *spec.Bench) {
		capacity := b.Busy(work)
		Expect(b.Send(ctx, loadtest.Load{Name: "0.5 × the capacity", Rate: capacity / 2, For: awhile})).To(ServeAll())
	}), SpecTimeout(enough))

	It("has an end: above its capacity some fail, each of them with an error that the gateway writes, and when "+
		"they leave it recovers",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			capacity := b.Busy(work)
			below := b.Send(ctx, loadtest.Load{Rate: capacity / 2, For: awhile})
			above := b.Send(ctx, loadtest.Load{Name: "2 × the capacity", Rate: 2 * capacity, For: awhile})
			Expect(above).To(FailHonestly())
			Expect(above.P95).To(BeNumerically(">", below.P95), "who waits for a free worker waits longer")
			Expect(b.Steady(ctx, site.RouteMain)).To(Succeed())
			Expect(b.Send(ctx, loadtest.Load{Name: "0.5 × the capacity, after that", Rate: capacity / 2, For: awhile})).
				To(ServeAll())
		}), SpecTimeout(enough))

	It("has its limit where the capacity is: there nobody fails without being told so by the gateway",
		Label("long"), spec.In(func(ctx SpecContext, b *spec.Bench) {
			capacity := b.Busy(work)
			Expect(b.Send(ctx, loadtest.Load{Name: "1 × the capacity", Rate: capacity, For: awhile})).
				To(Or(ServeAll(), FailHonestly()))
		}), SpecTimeout(enough))
})
