package catalog

import (
	"context"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

func TestRegisterRemedy(t *testing.T) {
	whole := Remedy{
		ID:    "prays",
		Order: 9,
		Title: "prays",
		What:  "Nothing else is done.",
		Try:   func(context.Context, *site.Session) (record.Observation, error) { return record.Observation{}, nil },
	}
	RegisterRemedy(whole)
	defer delete(remedies, whole.ID)
	part := whole
	part.ID, part.Try = "hopes", nil
	for name, r := range map[string]Remedy{"twice": whole, "without what it does": part} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("registered %s: got nothing, want a panic", name)
				}
			}()
			RegisterRemedy(r)
		}()
	}
	if _, err := (Experiment{}).With(
		[]string{"prays", "curses"},
	); err == nil ||
		!strings.Contains(err.Error(), `no remedy "curses"; there are: `) {
		t.Errorf("got %v, want an error that lists the remedies", err)
	}
}
