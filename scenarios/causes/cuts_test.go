package causes

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/spec"
	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

var _ = Describe("A cut after the head of the answer", Label("cause"), func() {
	DescribeTable("is a 502, or a body that the client can see is cut, when", spec.Holds, spec.Cuts())

	It("is never a whole 200", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.ResetMidBody)
		Expect(b.Get(ctx)).NotTo(BeHealthy())
	}), SpecTimeout(enough))
})
