package suggest

import (
	"slices"
	"testing"
)

func TestNear(t *testing.T) {
	known := []string{"dns-slow", "slow-503", "slow-drip", "refused", "slow-answer", "wrong-port", "wrong-path", "wrong-host"}
	for name, want := range map[string][]string{
		"wrong-port": {"wrong-port", "wrong-host", "wrong-path"}, "slow-anwser": {"slow-answer"},
		"refusd": {"refused"}, "quite another": nil,
	} {
		if got := Near(name, known); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
