package harness

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
)

func TestRegisterRemedy(t *testing.T) {
	whole := Remedy{ID: "prays", Order: 9, Title: "prays", What: "Nothing else is done.", Try: func(context.Context, *Visitor) (Observation, error) { return Observation{}, nil }}
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
	if _, err := (Experiment{}).With([]string{"prays", "curses"}); err == nil || !strings.Contains(err.Error(), `no remedy "curses"; there are: `) {
		t.Errorf("got %v, want an error that lists the remedies", err)
	}
}

func TestOtherBrowserTakesNothingAlong(t *testing.T) {
	b := &Bench{Plan: Plan{}}
	b.site = labSite{b}
	v := b.newVisitor(Probe{Ask: Ask{Header: []client.Field{Alice, {Name: "Accept-Language", Value: "en"}}}, Method: http.MethodGet})
	other := v.OtherBrowser()
	if got := other.Asks.Ask.Header; len(got) != 1 || got[0].Name != "Accept-Language" || other.Asks.Ask.Agent == v.Asks.Ask.Agent {
		t.Errorf("got %v of agent %s, want all but the cookie, with another browser", got, other.Asks.Ask.Agent)
	}
	if got := v.Asks.Ask.Header[0]; got != Alice {
		t.Errorf("the first browser: got %v, want its own cookie", got)
	}
	if got := b.newVisitor(Probe{}).Asks.Ask.Header; len(got) != 1 || got[0] != session {
		t.Errorf("a visitor without a cookie: got %v, want %v", got, session)
	}
}
