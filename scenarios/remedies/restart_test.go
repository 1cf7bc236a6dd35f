package remedies

import (
	"net/http"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/remedies"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

// How long somebody waits for an answer that is to come, and for one that is not: the latter bounds nothing.
const (
	patience = 10 * time.Second
	soon     = time.Second
)

// restarts are the parts of what is lost when devices are switched off and on again, and all of it.
var restarts = []clientnet.Remedy{
	clientnet.Connections, clientnet.Names, clientnet.Neighbours, clientnet.Translations, clientnet.Router,
	clientnet.Everything,
}

// served reports whether the gateway's upstream answers somebody at home behind the fault, after a remedy that
// should end it or should not.
func served(ctx SpecContext, clientNet *clientnet.Home, f *clientnet.Fault, should bool) bool {
	GinkgoHelper()
	within := soon
	if should {
		within = patience
	}
	o, s, err := clientNet.Observe(ctx, f, http.MethodGet, within)
	Expect(err).NotTo(HaveOccurred())
	Expect(s.OtherClient).To(Equal(http.StatusOK), "for others nothing was wrong")
	GinkgoWriter.Printf("%s: %s (%s)\n", f.ID, o, o.Error)
	return o.Healthy()
}

var _ = Describe("Restart your modem and router", Label("remedy", "restart-network-devices"), func() {
	for _, f := range []*clientnet.Fault{
		clientnet.NATForgotten, clientnet.DNSStale, clientnet.NeighbourStale, clientnet.NATFull,
		clientnet.DNSSilence,
	} {
		It("helps when "+f.Title+", and so does each part that has the state that is wrong, and no other", Label(f.ID),
			spec.In(func(ctx SpecContext, b *spec.Bench) {
				clientNet := b.AtHome(ctx, site.AtHome)
				for _, r := range restarts {
					i, err := f.Inject(ctx, clientNet.Network)
					Expect(err).NotTo(HaveOccurred())
					b.Confirm(ctx, i.Confirm)
					Expect(r.Try(ctx, clientNet.Network)).To(Succeed())
					helps := slices.Contains(f.EndedBy, r.ID)
					Expect(served(ctx, clientNet, f, helps)).To(Equal(helps), "after somebody %s", r.Title)
					Expect(i.Undo(ctx)).To(Succeed())
					Expect(clientNet.Get(ctx)).To(BeHealthy())
				}
			}), SpecTimeout(enough))
	}

	for _, f := range []*catalog.Fault{
		faults.Refused, faults.WorkersBusy, faults.DNSNXDomain, faults.FirewallRejectRST,
		faults.WrongPort, faults.CrashOnRequest,
	} {
		It("does not help, neither all of it nor any part, when "+f.Title, Label(f.ID),
			spec.In(func(ctx SpecContext, b *spec.Bench) {
				clientNet := b.AtHome(ctx, site.AtHome)
				probe := site.Probe{Route: f.Route, Within: patience}
				Expect(clientNet.Probe(ctx, probe)).To(BeHealthy())
				b.Inject(ctx, f)
				// As the gateway says it: a server that is dead since the first request is a 503 of some, as shipped.
				fail := And(HaveField("By", record.ByGateway),
					HaveField("Status", BeNumerically(">=", http.StatusInternalServerError)))
				for _, r := range restarts {
					Expect(clientNet.Probe(ctx, probe)).To(fail, "before")
					Expect(r.Try(ctx, clientNet.Network)).To(Succeed())
					if loses(r) {
						clientNet.Browser.Disconnect()
					}
					Expect(clientNet.Probe(ctx, probe)).To(fail, "after somebody %s", r.Title)
				}
				Expect(clientNet.Probe(ctx, site.Probe{Route: site.RouteBystander, Within: patience})).To(BeHealthy(),
					"the way is good")
			}), SpecTimeout(enough))
	}

	It("does not help whom the gateway denies by the address: it goes along", func(ctx SpecContext) {
		seen := spec.Remedied(ctx, faults.IPDeny, remedies.RestartNetworkDevices, remedies.ContactISP)
		Expect(seen).NotTo(BeHelpedBy(remedies.RestartNetworkDevices))
		Expect(seen).NotTo(BeHelpedBy(remedies.ContactISP))
	}, SpecTimeout(enough))

	for _, r := range []clientnet.Remedy{clientnet.Translations, clientnet.Router} {
		It("makes it worse for a browser with an open connection, when somebody "+r.Title+
			": in place of the 502 there is nothing", spec.In(func(ctx SpecContext, b *spec.Bench) {
			clientNet := b.AtHome(ctx, site.AtHome)
			b.Inject(ctx, faults.Refused)
			Expect(clientNet.Get(ctx)).To(BeBadGateway())
			Expect(r.Try(ctx, clientNet.Network)).To(Succeed())
			Expect(clientNet.Probe(ctx, site.Probe{Within: soon}).Status).To(BeZero())
			Expect(clientNet.Get(ctx)).To(BeBadGateway(), "on a new connection, as the old one was given up")
		}), SpecTimeout(enough))
	}
})

// loses reports whether the router forgets open connections of which the browser is not told.
func loses(r clientnet.Remedy) bool {
	return r.ID == clientnet.Translations.ID || r.ID == clientnet.Router.ID
}
