package site

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
		"nothing": {nil, "", false},
		"wrapped": {
			fmt.Errorf("replace resolv.conf: no mount namespace: %w", errors.ErrUnsupported),
			"replace resolv.conf: no mount namespace", true,
		},
		"in other words": {
			fmt.Errorf("inject refused: %w", Inapplicable("the upstream speaks grpc")),
			"inject refused: the upstream speaks grpc", true,
		},
		"not at the end": {
			fmt.Errorf("reload (%w), then stop", errors.ErrUnsupported),
			"reload (unsupported operation), then stop", true,
		},
		"a gateway's words like it": {errors.New("it last said: listen: " + errors.ErrUnsupported.Error()), "", false},
	} {
		if why, cannot := Cannot(c.err); why != c.why || cannot != c.cannot {
			t.Errorf("%s: got %q (%t), want %q (%t)", name, why, cannot, c.why, c.cannot)
		}
	}
}
