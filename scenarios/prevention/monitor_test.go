package prevention

import (
	"time"

	"github.com/gatequake/gatequake/harness/loadtest"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/spec"
	"github.com/gatequake/gatequake/harness/spec/alerts"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

// rules are the alert rules that people are given as an example.
const rules = "../../ci/alerts.yaml"

// The alerts, in the order in which an overload should make them fire.
const (
	spike       = "TrafficSpike"
	slow        = "GatewaySlow"
	badGateways = "BadGateways"
)

// The time before the spike is what TrafficSpike looks back on; that of the spike is longer than any gateway's
// time limit.
const (
	before = 5 * time.Second
	crowd  = 4 * time.Second
)

var _ = Describe("Monitoring the traffic", Serial, Label("monitor"), func() {
	It("tells of a spike before clients get a 502 of it, of the 502s while they last, and of nothing before and after",
		Label("long"), spec.In(func(ctx SpecContext, b *spec.Bench) {
			capacity := b.Busy(work)
			meter := loadtest.NewMeter(site.RouteMain)
			watch, stop, err := alerts.Start(meter, rules)
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(func() { Expect(stop()).To(Succeed()) })
			usual := loadtest.Load{Rate: capacity / 2, For: before, Meter: meter}

			Expect(b.Send(ctx, usual)).To(ServeAll())
			Expect(watch.Fired()).To(BeEmpty(), "nothing is wrong")

			Expect(b.Send(ctx, loadtest.Load{Rate: 2 * capacity, For: crowd, Meter: meter})).To(FailHonestly())
			b.During(ctx, usual, func() {
				Eventually(ctx, watch.Fired).Should(ContainElement(badGateways))
				Eventually(ctx, watch.Active).Should(BeEmpty(), "it is over")
			})
			Expect(watch.Fired()).To(Equal([]string{spike, slow, badGateways}))
		}), SpecTimeout(enough))
})
