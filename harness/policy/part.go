package policy

import (
	"net/http"
	"slices"

	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
)

// refusals are what gateways answer when they cannot ask who vouches for clients: nginx 500, Envoy 403, Traefik 500,
// Caddy 502, each by its own policy; and what they make, or pass on, of an answer that is no yes.
var refusals = []int{
	http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError, http.StatusBadGateway,
	http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// spoken are the types of errors in an answer that has come: bad in form, and a yes by its status.
var spoken = []proxystatus.ErrorType{proxystatus.HTTPProtocolError, proxystatus.HTTPResponseHeaderSectionSize}

// byPart is what is right where the broken upstream does not give the answer itself; e is what would be if it did.
func byPart(e record.Expectation, r record.Record) record.Expectation {
	switch r.Terms.Part {
	case record.NoPart:
		return steady(e, r.Terms)
	case record.WatchedPart:
		e.OrRelayed = &record.Tolerance{Why: "who is asked for nothing but health need not be missed", Another: true}
	case record.VouchedPart:
		if e.By == Service.By && slices.Equal(e.Statuses, Service.Statuses) {
			return steady(e, r.Terms) // It costs nobody anything, or must not.
		}
		vouched := e
		vouched.Statuses, vouched.By, vouched.OrAsked, vouched.Header = refusals, record.ByGateway, true, nil
		if slices.Contains(spoken, r.ErrorType) || e.OrRelayed != nil {
			vouched.OrRelayed = &record.Tolerance{Why: "it was a yes, and nobody receives the rest of it", Another: true}
		}
		return vouched
	case record.PassedPart:
		e.PassedOn = true
	}
	return e
}

// steady is the answer that the main probe gets while nothing is broken, within the times of e.
func steady(e record.Expectation, t record.Terms) record.Expectation {
	s := record.Expectation{Statuses: Service.Statuses, By: Service.By, Within: e.Within, Recovery: e.Recovery}
	if t.Steady != 0 {
		s.Statuses = []int{t.Steady}
	}
	if t.SteadyBy != "" {
		s.By = t.SteadyBy
	}
	return s
}
