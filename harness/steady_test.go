package harness

import (
	"context"
	"testing"
)

// TestCutShort: a wait that ends during an attempt is told with the attempt before, if there was one.
func TestCutShort(t *testing.T) {
	first, second := Observation{Probe: "GET /first"}, Observation{Probe: "GET /second"}
	ctx, cancel := context.WithCancel(context.Background())
	if got := unlessCutShort(ctx, second, first); got.Probe != second.Probe {
		t.Errorf("an attempt that had its time: got %s, want %s", got.Probe, second.Probe)
	}
	cancel()
	if got := unlessCutShort(ctx, second, first); got.Probe != first.Probe {
		t.Errorf("an attempt that was cut short: got %s, want %s", got.Probe, first.Probe)
	}
	if got := unlessCutShort(ctx, first, Observation{}); got.Probe != first.Probe {
		t.Errorf("the only attempt, cut short: got %s, want %s", got.Probe, first.Probe)
	}
}
