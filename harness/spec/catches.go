package spec

import (
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/world"
)

// caughtWithin is the time for a claim to catch a gateway: that of the claim, and the start of another world.
const caughtWithin = 90 * time.Second

// Catches adds a spec to the suite that fails unless another one, that with the text, fails when the gateway is the
// one that find returns, which is wrong on purpose: a claim that holds for everybody says nothing. It must fail by
// what it claims, and say so in words that contain says; that its time is over is not enough. The setting is
// document. It panics when there is no such gateway.
func Catches(find func() (*gateway.Definition, error), text, says string) {
	ginkgo.GinkgoHelper()
	d, err := find()
	if err != nil {
		panic(err)
	}
	ginkgo.It(
		"catches "+d.About+": "+text,
		ginkgo.Label("mutant"),
		ginkgo.SpecTimeout(caughtWithin),
		func(ctx ginkgo.SpecContext) {
			r := request{
				subject: subject{Gateway: d, Setting: "document"},
				Focus:   focus(types.SpecReport{LeafNodeText: text}),
			}
			late, stop := withGrace(ctx)
			defer stop()
			report := types.SpecReport{}
			gomega.Expect(
				world.Run(late, world.Options{Mode: mode(), Args: suite.args}, r, &report),
			).To(
				gomega.Succeed(),
			)
			if report.State == types.SpecStateSkipped && strings.HasPrefix(report.Failure.Message, lacking) {
				ginkgo.Skip(report.Failure.Message)
			}
			gomega.Expect(
				report.State,
			).To(
				gomega.Equal(types.SpecStateFailed),
				"the claim let it pass, was not tried, or ran out of time: %s",
				report.Failure.Message,
			)
			gomega.Expect(report.Failure.Message).To(gomega.ContainSubstring(says))
		},
	)
}
