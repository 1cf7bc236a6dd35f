package causes

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/spec"
)

var _ = Describe("What only looks like a cause", Label("control"), func() {
	DescribeTable("is passed on as it is, when", spec.Holds, spec.Controls())

	It("keeps its author: an upstream's own 500 is not the gateway's", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.Error500)
		answer := b.Get(ctx)
		Expect(answer.Status).To(Equal(http.StatusInternalServerError))
		Expect(answer.By).To(Equal(record.ByUpstream))
	}), SpecTimeout(enough))
})
