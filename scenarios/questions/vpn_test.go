package questions

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/clientnet"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("Can a VPN cause a 502 Bad Gateway error?", Label("question", "vpn"), func() {
	It("Not by itself: through a VPN that is well the site's own answer comes",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			on, _ := throughVPN(ctx, b, site.Neighbour)
			answer := on.Get(ctx)
			Expect(answer).To(BeHealthy())
			Expect(answer.Header.Get("Via")).To(ContainSubstring("vpn"), "it did go through it")
		}), SpecTimeout(enough))

	It("Yes, its own: a VPN that cannot reach the site answers 502 for itself, and without it the site is there",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			on, off := throughVPN(ctx, b, site.Neighbour)
			mend := breakVPN(ctx, b, on)
			answer := on.Get(ctx)
			Expect(answer.Status).To(Equal(http.StatusBadGateway))
			Expect(answer.By).To(Equal(record.ByForwardProxy), "nothing of it came from the site")
			Expect(answer.Header.Get("Proxy-Status")).To(HavePrefix("vpn; error="),
				"and it says so, to those who read on")
			Expect(b.HitsOf(answer.Nonce)).To(BeZero())
			Expect(off.Get(ctx)).To(BeHealthy(), "with the VPN off")
			mend()
			Expect(on.Get(ctx)).To(BeHealthy())
		}), SpecTimeout(enough))

	It("Over TLS not even that: the VPN can only refuse the tunnel, and no answer of anybody's is shown as the site's",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			if !b.Definition.Uses(b.Setting, "ListenTLS") {
				Skip("unsupported: nothing of " + b.Definition.Name + "'s listens for TLS")
			}
			on, off := throughVPN(ctx, b, site.Neighbour)
			on.Secure, off.Secure = true, true
			Expect(on.Get(ctx)).To(BeHealthy(),
				"through the tunnel, with the gateway's certificate verified at its end")
			on.Browser.Disconnect()
			breakVPN(ctx, b, on)
			answer := on.Get(ctx)
			Expect(answer.Status).To(BeZero(), "no HTTP status")
			Expect(answer.Error).To(ContainSubstring(clientnet.ErrTunnel.Error()), "and the reason is the VPN's")
			Expect(off.Get(ctx)).To(BeHealthy(), "with the VPN off")
		}), SpecTimeout(enough))

	It("No, a 403: a VPN whose exits the gateway denies is refused by the gateway, and without it the site is there",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			b.Try(faults.VPNRange)
			on, off := throughVPN(ctx, b, site.BehindVPN)
			answer := on.Get(ctx)
			Expect(answer).To(BeForbidden())
			Expect(b.HitsOf(answer.Nonce)).To(BeZero())
			Expect(answer.Header.Get("Via")).To(ContainSubstring("vpn"),
				"that it came through the VPN is no sign of who wrote it")
			Expect(off.Get(ctx)).To(BeHealthy(), "the same person with the VPN off")
		}), SpecTimeout(enough))

	It("And turning it off does not help when the gateway's own upstream is down: then both are the gateway's 502",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			on, off := throughVPN(ctx, b, site.Neighbour)
			b.Inject(ctx, faults.Refused)
			Expect(on.Get(ctx)).To(BeBadGateway())
			Expect(off.Get(ctx)).To(BeBadGateway())
		}), SpecTimeout(enough))
})

// throughVPN returns a home whose browser is told to use a VPN with the exit, and the same home without.
func throughVPN(ctx SpecContext, b *spec.Bench, exit site.Client) (on, off *clientnet.Home) {
	GinkgoHelper()
	off = b.AtHome(ctx, site.AtHome)
	on, err := off.VPN(exit)
	Expect(err).NotTo(HaveOccurred())
	return on, off
}

// breakVPN takes the VPN's way to the site away.
func breakVPN(ctx SpecContext, b *spec.Bench, on *clientnet.Home) (mend func()) {
	GinkgoHelper()
	undo, err := on.Through.Break()
	Expect(err).NotTo(HaveOccurred())
	b.Confirm(ctx, on.Through.Broken)
	return func() {
		GinkgoHelper()
		Expect(undo()).To(Succeed())
	}
}
