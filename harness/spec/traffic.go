package spec

import (
	"context"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/upstream"
)

// Send sends the load through the gateway and returns what came of it, when the last client has its answer.
func (b *Bench) Send(ctx context.Context, l harness.Load) harness.Traffic {
	ginkgo.GinkgoHelper()
	t, err := b.Bench.Send(ctx, l)
	return told(t, err)
}

// During sends the load while do is at work, and returns what came of it. What do expects in vain fails the spec.
func (b *Bench) During(ctx context.Context, l harness.Load, do func()) harness.Traffic {
	ginkgo.GinkgoHelper()
	t, err := b.Bench.During(ctx, l, func() error {
		defer ginkgo.GinkgoRecover()
		do()
		return nil
	})
	return told(t, err)
}

// told writes the traffic into the spec's timeline.
func told(t harness.Traffic, err error) harness.Traffic {
	ginkgo.GinkgoHelper()
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ginkgo.AddReportEntry("traffic", t)
	return t
}

// Busy lets each request keep a worker of the upstream busy for so long, and returns how many requests a second that leaves it with: its capacity.
func (b *Bench) Busy(each time.Duration) (capacity int) {
	b.Upstream.Origin.Behave(upstream.Working{For: each})
	return int(harness.Workers * time.Second / each)
}
