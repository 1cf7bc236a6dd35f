package remote

import (
	"errors"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/site"
)

// TestUnanswered: an upstream that does answer, and once does not, is no reason to leave an experiment out.
func TestUnanswered(t *testing.T) {
	for _, blind := range []bool{true, false} {
		if err := site.Unanswered(
			client.Response{End: client.TimedOut},
			blind,
		); errors.Is(
			err,
			errors.ErrUnsupported,
		) != blind {
			t.Errorf("blind %t: got %v", blind, err)
		}
	}
}
