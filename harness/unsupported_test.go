package harness

import (
	"errors"
	"fmt"
	"testing"
)

func TestWhatCannotBeDoneIsToldByItsType(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		why    string
		cannot bool
	}{
		"nothing":                   {nil, "", false},
		"wrapped":                   {fmt.Errorf("replace resolv.conf: no mount namespace: %w", errors.ErrUnsupported), "replace resolv.conf: no mount namespace", true},
		"in other words":            {fmt.Errorf("inject refused: %w", Inapplicable("the upstream speaks grpc")), "inject refused: the upstream speaks grpc", true},
		"not at the end":            {fmt.Errorf("reload (%w), then stop", errors.ErrUnsupported), "reload (unsupported operation), then stop", true},
		"a gateway's words like it": {errors.New("it last said: listen: " + errors.ErrUnsupported.Error()), "", false},
	} {
		if why, cannot := Cannot(c.err); why != c.why || cannot != c.cannot {
			t.Errorf("%s: got %q (%t), want %q (%t)", name, why, cannot, c.why, c.cannot)
		}
	}
}

func TestNotTriedIsToldByItsField(t *testing.T) {
	first := Verdict{ID: "refused", Reason: "wait for steady state: it ended"}
	v := Verdict{ID: "empty-reply"}.NotTried(first)
	if v.Reason != "not tried after refused: wait for steady state: it ended" || v.OwnReason() != first.Reason {
		t.Errorf("got %q and %q, want the reason of the first, with and without its name", v.Reason, v.OwnReason())
	}
	said := Verdict{Reason: "not tried after lunch: come again"}
	if got := said.OwnReason(); got != said.Reason {
		t.Errorf("got %q, want the words of a gateway as they are", got)
	}
}
