package upstream_test

import (
	"context"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/upstream"
)

func TestCrowdHoldsEveryWorkerUntilItLeaves(t *testing.T) {
	g := leakless(t)
	const workers = 50
	origin := startOrigin(t, upstream.Options{Workers: workers})
	for range 3 { // an occupancy that was released is no hindrance to the next
		crowd, err := upstream.Occupy(timely(t), origin.Addr(), workers)
		g.Expect(err).NotTo(HaveOccurred())
		c := dial(t, origin.Addr())
		c.send(get("n"))
		g.Expect(c.silent()).To(BeTrue())
		g.Expect(c.Close()).To(Succeed())
		crowd.Release()
		crowd.Release()
		healthy(t, origin.Addr())
	}
	g.Expect(origin.HitsOf("crowd")).To(HaveLen(3 * workers))
}

func TestCrowdThatIsTooLargeGivesUpAndLeaves(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{Workers: 2})
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := upstream.Occupy(ctx, origin.Addr(), 3)
	g.Expect(err).To(MatchError(context.DeadlineExceeded))
	g.Expect(err).To(MatchError(ContainSubstring("client 3 of 3")))
	healthy(t, origin.Addr())
}

func TestCrowdOfASickOriginFails(t *testing.T) {
	g := leakless(t)
	origin := startOrigin(t, upstream.Options{})
	origin.Behave(upstream.Status{Code: 500})
	_, err := upstream.Occupy(timely(t), origin.Addr(), 1)
	g.Expect(err).To(MatchError(ContainSubstring("got 500 Internal Server Error")))
}
