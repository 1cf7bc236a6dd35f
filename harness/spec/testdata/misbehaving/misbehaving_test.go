// Package misbehaving is a suite whose specs go wrong in every way; the tests of package spec run it and look at what
// comes of it.
package misbehaving

import (
	"context"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/fixtures/mutants"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/remedies"
	"github.com/gatequake/gatequake/harness/spec"
	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

func TestMisbehaving(t *testing.T) { spec.Run(t, "Misbehaving") }

const enough = time.Minute

var _ = Describe("A body", func() {
	It("passes", spec.In(func(ctx SpecContext, b *spec.Bench) {
		Expect(b.Get(ctx)).To(BeHealthy())
	}), SpecTimeout(enough))

	It("fails", spec.In(func(ctx SpecContext, b *spec.Bench) {
		By("looking for a refusal")
		GinkgoWriter.Println("a line for the writer")
		Expect(b.Get(ctx)).To(BeForbidden()) // the line that must be named
	}), SpecTimeout(enough))

	It("panics", spec.In(func(SpecContext, *spec.Bench) {
		panic("out of cheese") // the line that must be named
	}), SpecTimeout(enough))

	It("has a goroutine that panics", spec.In(func(ctx SpecContext, _ *spec.Bench) {
		go func() { panic("out of wine") }()
		<-ctx.Done()
	}), SpecTimeout(enough))

	It("fails while it cleans up", spec.In(func(SpecContext, *spec.Bench) {
		DeferCleanup(func(context.Context) { Fail("a broken broom") }, NodeTimeout(enough))
	}), SpecTimeout(enough))

	It("waits in vain", spec.In(func(ctx SpecContext, b *spec.Bench) {
		Eventually(ctx, b.Get).Should(BeForbidden()) // the line that must be named
	}), SpecTimeout(5*time.Second)) // Its bench has been made by then, on a busy machine too.

	It("hangs", spec.In(func(SpecContext, *spec.Bench) {
		select {}
	}), SpecTimeout(time.Second))

	It("hangs for long", spec.In(func(SpecContext, *spec.Bench) {
		select {}
	}), SpecTimeout(enough))

	It("skips", spec.In(func(SpecContext, *spec.Bench) {
		Skip("not today")
	}), SpecTimeout(enough))

	It("needs a firewall", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.FirewallDrop)
	}), SpecTimeout(enough))

	It("needs a refusal", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.Refused)
	}), SpecTimeout(enough))

	It("is not prepared", spec.In(func(ctx SpecContext, b *spec.Bench) {
		b.Inject(ctx, faults.FirewallBlocksOnePort)
	}), SpecTimeout(enough))

	for range 2 {
		It("is a twin", spec.In(func(SpecContext, *spec.Bench) {}), SpecTimeout(enough))
	}
})

var _ = Describe("A client", func() {
	It("sees a failure, and tries a remedy", func(ctx SpecContext) {
		spec.Remedied(ctx, faults.UserAgentDeny, remedies.Refresh)
	}, SpecTimeout(enough))
})

var _ = Describe("A claim", func() {
	It("is waived", spec.In(func(SpecContext, *spec.Bench) { Skip("for now") }), SpecTimeout(enough))
	spec.Catches(mutants.DeadIs200.Gateway, "A claim is waived", "for now")

	It("holds for everybody", spec.In(func(SpecContext, *spec.Bench) {}), SpecTimeout(enough))
	spec.Catches(mutants.DeadIs200.Gateway, "A claim holds for everybody", "")
})

var _ = DescribeTable("The experiment", spec.Holds,
	Entry("refused", faults.Refused, SpecTimeout(enough)),
	Entry("user-agent-deny", faults.UserAgentDeny, SpecTimeout(enough)),
	Entry("firewall-drop", faults.FirewallDrop, SpecTimeout(enough)),
	Entry("nonsense", 7, SpecTimeout(enough)),
)
