package questions

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

// How long somebody waits for an answer that is to come, and for one that is not: the latter bounds nothing.
const (
	patience = 10 * time.Second
	soon     = time.Second
)

// within is how long a client waits behind the fault.
func within(f *clientnet.Fault) time.Duration {
	if f.Sees == clientnet.NoStatus {
		return soon
	}
	return patience
}

var _ = Describe("Can a 502 error be caused by my internet connection?",
	Label("question", "client-connection"), func() {
		for _, f := range clientnet.Faults() {
			It(fmt.Sprintf("No: the client sees %s, and the gateway blames nobody, when %s", f.Sees, f.Title),
				Label(f.ID), spec.In(func(ctx SpecContext, b *spec.Bench) {
					clientNet := b.AtHome(ctx, site.AtHome)
					for _, method := range []string{http.MethodGet, http.MethodPost} {
						mend := b.BreakHome(ctx, clientNet, f)
						o, s, err := clientNet.Observe(ctx, f, method, within(f))
						Expect(err).NotTo(HaveOccurred())
						GinkgoWriter.Printf("%s: %s (%s); at the site: asked %t, sent %v; %d of it at the upstream\n",
							o.Probe, o, o.Error, s.Asked, s.Sent, o.Hits)
						Expect(f.Broken(s)).To(BeEmpty(), "%s: %s (%s)", o.Probe, o, o.Error)
						if !f.Reaches {
							Expect(b.HitsOf(o.Nonce)).To(BeZero(), "the upstream was not asked")
						} else {
							Expect(b.HitsOf(o.Nonce)).To(Equal(1), "the upstream has served it")
						}
						mend()
						Expect(clientNet.Get(ctx)).To(BeHealthy(), "and it is over when the way is mended")
					}
				}), SpecTimeout(enough))
		}

		It("And a 502 that the gateway does send gets home through a line that is bad",
			spec.In(func(ctx SpecContext, b *spec.Bench) {
				clientNet := b.AtHome(ctx, site.AtHome)
				b.BreakHome(ctx, clientNet, clientnet.AccessLoss)
				b.Inject(ctx, faults.Refused)
				Expect(clientNet.Get(ctx)).To(BeBadGateway())
			}), SpecTimeout(enough))

		It("Two pages can be alike, a broken proxy's on the way and the gateway's: who sent it is told apart at "+
			"the site's door",
			spec.In(func(ctx SpecContext, b *spec.Bench) {
				clientNet := b.AtHome(ctx, site.AtHome)
				b.BreakHome(ctx, clientNet, clientnet.Middlebox502)
				theirs := clientNet.Get(ctx)
				Expect(theirs.Status).To(Equal(http.StatusBadGateway))
				Expect(theirs.By).To(Equal(record.ByForwardProxy))
				Expect(b.Get(ctx)).To(BeHealthy(), "the gateway, asked another way")
			}), SpecTimeout(enough))
	})
