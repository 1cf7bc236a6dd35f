package site

import (
	"context"
	"testing"

	"github.com/gatequake/gatequake/harness/record"
)

// TestCutShort: a wait that ends during an attempt is told with the attempt before, if there was one.
func TestCutShort(t *testing.T) {
	first, second := record.Observation{Probe: "GET /first"}, record.Observation{Probe: "GET /second"}
	ctx, cancel := context.WithCancel(context.Background())
	if got := UnlessCutShort(ctx, second, first); got.Probe != second.Probe {
		t.Errorf("an attempt that had its time: got %s, want %s", got.Probe, second.Probe)
	}
	cancel()
	if got := UnlessCutShort(ctx, second, first); got.Probe != first.Probe {
		t.Errorf("an attempt that was cut short: got %s, want %s", got.Probe, first.Probe)
	}
	if got := UnlessCutShort(ctx, first, record.Observation{}); got.Probe != first.Probe {
		t.Errorf("the only attempt, cut short: got %s, want %s", got.Probe, first.Probe)
	}
}
