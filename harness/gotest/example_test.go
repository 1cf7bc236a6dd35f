package gotest_test

import (
	"testing"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/gotest"
)

// A test of a gateway of one's own, whose configuration gatequake survey has described in testdata/gatequake.yaml.
func ExampleIn() {
	edge := gotest.Gateway("testdata", "gatequake.yaml")

	TestShopIsDown := func(t *testing.T) {
		gotest.In(t, edge, "root/shop", func(t *testing.T, b *gotest.Bench) {
			mend := b.Inject(faults.Refused)
			if got := b.Get(t.Context(), "/orders"); got.String() != "502 by gateway" {
				t.Errorf("got %s while the shop is down, want 502 by gateway", got)
			}
			mend()
			if got := b.Get(t.Context(), "/orders"); !got.Healthy() {
				t.Errorf("got %s of a shop that is up again, want its answer", got)
			}
		})
	}

	_ = TestShopIsDown
}
