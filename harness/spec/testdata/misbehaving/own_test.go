package misbehaving

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/spec"
	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

// The tests run the suite in the folder of package spec.
var (
	own  = spec.Gateway("testdata/own", "gatequake.yaml")
	none = spec.Gateway("testdata/own", "none.yaml")
)

var _ = Describe("An own gateway", func() {
	It("passes", own.In("root/shop", func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.Refused)
		Expect(b.Get(ctx)).To(BeBadGateway())
		Expect(b.Get(ctx, "/api/orders")).To(BeHealthy())
	}), SpecTimeout(enough))

	It("fails", own.In("root/shop", func(ctx SpecContext, b *spec.Bench) {
		Expect(b.Get(ctx)).To(BeBadGateway()) // the line of an own gateway
	}), SpecTimeout(enough))

	It("needs what it has not", own.In("root/shop", func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.UnixSocketMissing)
	}), SpecTimeout(enough))

	It("has no such setting", own.In("root/none", func(SpecContext, *spec.Bench) {}), SpecTimeout(enough))

	It("is not there", none.In("root/shop", func(SpecContext, *spec.Bench) {}), SpecTimeout(enough))

	DescribeTable("holds", own.Holds("root/shop"), own.Experiments("root/shop", "refused", "admin", "open"))

	DescribeTable("is not read", none.Holds("root/shop"), none.Experiments("root/shop"))
})
