package prevention

import (
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/loadtest"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
	"github.com/gatequake/gatequake/harness/upstream"
)

// What goes on while something is maintained: one or two requests are at each upstream at any time, and would be
// cut by what ends it.
const (
	traffic = 50
	atWork  = 50 * time.Millisecond
	// Three or four are at each of three upstreams when it goes: that none is cut off in three restarts is a
	// chance of one in ten thousand.
	atOrder = 4 * atWork
	restart = 300 * time.Millisecond // How long a restart takes: some fifteen clients meet nobody.
	reloads = 4
	inForce = 15 * time.Second // Gateways take a second or two, and a loaded machine some more.
)

// trusted are the experiments that say whether a gateway asks another member when one is not there, and when one
// goes away in the middle of a request.
var trusted = []string{"refused@balanced", "close-after-request@balanced"}

var _ = Describe("Regular maintenance", Serial, Label("maintenance"), func() {
	It("shows when there is one upstream: clients get a 502 while it restarts, or wait until it is back, and no longer",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			b.Upstream.Origin.Behave(upstream.Working{For: atWork})
			during := b.During(ctx, loadtest.Load{Name: "the only upstream restarts", Rate: traffic}, func() {
				Expect(b.Upstream.Restart(ctx, restart)).To(Succeed())
				Expect(b.Steady(ctx, site.RouteMain)).To(Succeed())
			})
			// A gateway that tries again for longer than the restart takes loses nobody, and keeps all of them waiting.
			Expect(during).To(Or(FailHonestly(), And(ServeAll(), HaveField("P50", BeNumerically(">", ms(restart))))))
			Expect(b.Send(ctx, loadtest.Load{Rate: traffic, For: time.Second})).To(ServeAll())
		}), SpecTimeout(enough))

	It("does not show when three upstreams restart one after another, and the gateway asks another one",
		spec.Layout{Members: 3}.In(func(ctx SpecContext, b *spec.Bench) {
			pages := rolling(ctx, b, http.MethodGet, atWork)
			for _, id := range trusted {
				b.Trust(id)
			}
			Expect(pages).To(ServeAll())
		}), SpecTimeout(enough))

	It("makes no order into two while three upstreams restart: what was lost is told as lost",
		spec.Layout{Members: 3}.In(func(ctx SpecContext, b *spec.Bench) {
			orders := rolling(ctx, b, http.MethodPost, atOrder)
			Expect(orders).To(Or(ServeAll(), FailHonestly()))
			Expect(orders.Again).To(BeZero())
			Expect(orders.Share(orders.Failed())).To(BeNumerically("<", 1.0/3+luck),
				"only the member that is away fails")
		}), SpecTimeout(enough))

	It("does not show when the gateway is reloaded under load, again and again",
		spec.Layout{Reloads: true}.In(func(ctx SpecContext, b *spec.Bench) {
			for _, m := range b.Members() {
				m.Origin.Behave(upstream.Working{For: atWork})
			}
			during := b.During(ctx, loadtest.Load{Name: "the gateway is reloaded four times", Rate: traffic}, func() {
				for n := range reloads {
					to := b.Members()[(n+1)%2]
					Expect(b.Reload(func(v *gateway.Vars) { v.Upstream = to.At })).To(Succeed())
					Eventually(ctx, b.Get).WithTimeout(inForce).Should(And(BeHealthy(), ComeFrom(to.Name)),
						"the new configuration is in force")
					time.Sleep(restart) // Some clients come between two reloads, too.
				}
			})
			if b.Definition.Reload.Loses == "" {
				Expect(during).To(ServeAll())
			}
			// Whom a reload may lose is whom it meets at the door: three clients of four are served.
			Expect(during.Share(during.Failed())).To(BeNumerically("<=", 0.25))
			Expect(b.Send(ctx, loadtest.Load{Rate: traffic, For: time.Second})).To(ServeAll())
		}), SpecTimeout(enough))
})

func ms(d time.Duration) float64 { return float64(d.Milliseconds()) }

// rolling sends the method to a pool, for so much work each, while its members restart.
func rolling(ctx SpecContext, b *spec.Bench, method string, work time.Duration) loadtest.Traffic {
	for _, m := range b.Members() {
		m.Origin.Behave(upstream.Working{For: work})
	}
	load := loadtest.Load{
		Name:  method + ", three upstreams restart in turns",
		Probe: site.Probe{Route: site.RouteBalanced, Method: method}, Rate: traffic,
	}
	return b.During(ctx, load, func() { Expect(b.RestartEach(ctx, restart)).To(Succeed()) })
}
