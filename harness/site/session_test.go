package site

import (
	"net/http"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
)

func TestOtherBrowserTakesNothingAlong(t *testing.T) {
	b := &Bench{Plan: Plan{}}
	b.Kind = stub{b: b}
	v := b.NewSession(
		Probe{
			Ask:    Ask{Header: []client.Field{AllowedUser, {Name: "Accept-Language", Value: "en"}}},
			Method: http.MethodGet,
		},
	)
	other := v.OtherBrowser()
	if got := other.Asks.Ask.Header; len(got) != 1 || got[0].Name != "Accept-Language" ||
		other.Asks.Ask.Agent == v.Asks.Ask.Agent {
		t.Errorf("got %v of agent %s, want all but the cookie, with another browser", got, other.Asks.Ask.Agent)
	}
	if got := v.Asks.Ask.Header[0]; got != AllowedUser {
		t.Errorf("the first browser: got %v, want its own cookie", got)
	}
	if got := b.NewSession(Probe{}).Asks.Ask.Header; len(got) != 1 || got[0] != session {
		t.Errorf("a visitor without a cookie: got %v, want %v", got, session)
	}
}
