package matchers

import (
	"testing"

	"github.com/gatequake/gatequake/harness/loadtest"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/record"
)

func TestTrafficOfNobody(t *testing.T) {
	g := NewWithT(t)
	nobody := loadtest.Traffic{Probe: "GET /", Rate: 40}
	g.Expect(nobody).NotTo(Or(ServeAll(), FailHonestly()))
	g.Expect(
		ServeAll().FailureMessage(nobody),
	).To(
		HavePrefix("Expected the traffic to be served to the last request; it was 0 × GET / at 40 a second"),
	)
	for _, m := range []any{7, &nobody, nil} {
		_, err := ServeAll().Match(m)
		g.Expect(err).To(HaveOccurred())
	}
	lost := loadtest.Traffic{Requests: 2, FailedUntil: 5}
	g.Expect(lost).NotTo(Or(ServeAll(), FailHonestly()), "two were not served, and nobody told them")
}

func TestComeFrom(t *testing.T) {
	g := NewWithT(t)
	o := record.Observation{
		Status: 200,
		By:     record.ByUpstream,
		Header: map[string][]string{"Gatequake-Origin": {"spare"}},
	}
	g.Expect(o).To(ComeFrom("spare"))
	g.Expect(o).NotTo(ComeFrom("upstream"))
	o.By = record.ByGateway
	g.Expect(o).NotTo(ComeFrom("spare"), "somebody else may send the same field")
}
