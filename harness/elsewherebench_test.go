package harness

import (
	"errors"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
)

// TestUnanswered: an upstream that does answer, and once does not, is no reason to leave an experiment out.
func TestUnanswered(t *testing.T) {
	for _, blind := range []bool{true, false} {
		if err := unanswered(client.Response{End: client.TimedOut}, blind); errors.Is(err, errors.ErrUnsupported) != blind {
			t.Errorf("blind %t: got %v", blind, err)
		}
	}
}
