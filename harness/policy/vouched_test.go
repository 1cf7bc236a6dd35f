package policy_test

import (
	"net/http"
	"testing"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
)

// TestIdleEndsOfWhoVouchesCostNothing wants the steady answer where who vouches for clients only ends idle connections,
// and no refusal.
func TestIdleEndsOfWhoVouchesCostNothing(t *testing.T) {
	t.Parallel()
	r := record.Record{ID: "keepalive-mismatch", Terms: record.Terms{Base: "keepalive-mismatch", Part: record.VouchedPart}}
	e := policy.GatewayError().Expect(r)
	if e.By != record.ByUpstream || len(e.Statuses) != 1 || e.Statuses[0] != http.StatusOK {
		t.Errorf("got %v by %s, want 200 by the upstream", e.Statuses, e.By)
	}
}
