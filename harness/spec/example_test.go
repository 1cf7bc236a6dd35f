package spec_test

import (
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/spec"
	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

// A suite on a gateway of one's own. A whole one is in scenarios/edge.
func ExampleGateway() {
	_ = func(t *testing.T) { spec.Run(t, "Edge") } // TestEdge

	edge := spec.Gateway("testdata", "gatequake.yaml")

	_ = Describe("The edge", func() {
		It("answers 502 while the shop is down", edge.In("root/shop", func(ctx SpecContext, b *spec.Bench) {
			b.Inject(ctx, faults.Refused)
			Expect(b.Get(ctx, "/orders")).To(BeBadGateway())
		}), SpecTimeout(time.Minute))

		DescribeTable("keeps its word, when", edge.Holds("root/shop"), edge.Experiments("root/shop"))
	})
}
