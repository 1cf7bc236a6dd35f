package edge

import (
	"net/http"
	"os/exec"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/spec"
	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("The edge", func() {
	behaves(spec.Gateway("testdata", "gatequake.yaml"))
})

var _ = Describe("The edge on nginx", func() {
	BeforeEach(func() {
		if _, err := exec.LookPath("nginx"); err != nil {
			Skip("unsupported: nginx is not installed; to get it: ci/gateways nginx")
		}
	})
	behaves(spec.Gateway("../..", "fixtures/edge/gatequake.yaml"))
})

// behaves says what is promised of any edge.
func behaves(edge spec.Own) {
	DescribeTable("keeps its word to the customers of the shop, when", edge.Holds("root/shop"),
		edge.Experiments("root/shop", "refused", "reset-after-request", "close-mid-body", "admin", "admin+refused"))

	DescribeTable("keeps its word to those of the API, which is behind TLS, when", edge.Holds("api/api"),
		edge.Experiments("api/api", "refused", "close-after-request"))

	It("answers 502 while the shop is down, and the API is not hurt",
		edge.In("root/shop", func(ctx SpecContext, b *spec.Bench) {
			mend := b.Inject(ctx, faults.Refused)
			Expect(b.Get(ctx)).To(BeBadGateway())
			Expect(b.Get(ctx, "/api/orders")).To(BeHealthy())
			mend()
			Eventually(ctx, b.Get).Should(BeHealthy())
		}), SpecTimeout(enough))

	It("places an order once, or not at all", edge.In("root/shop", func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.ResetAfterRequest)
		order := b.Post(ctx, "/orders")
		Expect(order).To(BeBadGateway())
		Expect(b.HitsOf(order.Nonce)).To(Equal(1))
	}), SpecTimeout(enough))

	It("lets nobody see what is for the staff, whatever becomes of the shop",
		edge.In("root/shop", func(ctx SpecContext, b *spec.Bench) {
			Expect(b.Get(ctx, "/admin")).To(BeForbidden())
			b.Inject(ctx, faults.SilentAfterAccept)
			Expect(b.Get(ctx, "/admin/users")).To(BeForbidden())
		}), SpecTimeout(enough))

	It("is told from what the API says by itself", edge.In("api/api", func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.Error500)
		answer := b.Get(ctx, "/api/")
		Expect(answer.Status).To(Equal(http.StatusInternalServerError))
		Expect(answer.By).To(Equal(record.ByUpstream))
	}), SpecTimeout(enough))
}
