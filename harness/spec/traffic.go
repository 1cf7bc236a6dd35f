package spec

import (
	"context"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/loadtest"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// Send sends the load through the gateway and returns what came of it, when the last client has its answer.
func (b *Bench) Send(ctx context.Context, l loadtest.Load) loadtest.Traffic {
	ginkgo.GinkgoHelper()
	t, err := loadtest.Send(ctx, b.Bench, l)
	return b.told(t, err)
}

// During sends the load while do is at work, and returns what came of it. What do expects in vain fails the spec.
func (b *Bench) During(ctx context.Context, l loadtest.Load, do func()) loadtest.Traffic {
	ginkgo.GinkgoHelper()
	t, err := loadtest.During(ctx, b.Bench, l, func() error {
		defer ginkgo.GinkgoRecover()
		do()
		return nil
	})
	return b.told(t, err)
}

// Carried is what the report entry of a load holds, whose name is EntryTraffic.
type Carried struct {
	Gateway string `json:"gateway"`
	Version string `json:"version"`
	Setting string `json:"setting"`
	loadtest.Traffic
}

// EntryTraffic is the name of the report entries that are Carried.
const EntryTraffic = "traffic"

// told writes the traffic into the spec's timeline and report.
func (b *Bench) told(t loadtest.Traffic, err error) loadtest.Traffic {
	ginkgo.GinkgoHelper()
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	ginkgo.AddReportEntry(EntryTraffic, Carried{b.subject.Gateway.Name, b.subject.Version, b.subject.Setting, t})
	return t
}

// Busy lets each request keep a worker of the upstream busy for so long, and returns how many requests a second that
// leaves it with: its capacity.
func (b *Bench) Busy(each time.Duration) (capacity int) {
	b.Upstream.Origin.Behave(upstream.Working{For: each})
	return int(site.Workers * time.Second / each)
}
