package harness

import (
	"net/http"
	"time"
)

// Policy says what each fault should be answered with. A rule for the experiment wins over one for its error type, that over one for its cause, and that over
// the default. Blocks are no matter of policy: a block is a 403.
type Policy struct {
	// Name is how reports call it.
	Name string `json:"name"`
	// Default is for faults that no other rule is about.
	Default Rule `json:"default"`
	// Causes, Errors and Experiments are rules by the fault's cause, by its error type, and by its ID.
	Causes      map[Cause]Rule     `json:"causes,omitempty"`
	Errors      map[ErrorType]Rule `json:"errors,omitempty"`
	Experiments map[string]Rule    `json:"experiments,omitempty"`
}

// Rule is what a policy says. What is left zero is left to the next rule.
type Rule struct {
	// Statuses are the acceptable codes.
	Statuses []int `json:"statuses,omitempty"`
	// Within bounds the time to the answer, and Recovery the time from the end of the fault to the steady state. Without them the gateway's own limits bound the
	// answer, and nothing bounds the recovery.
	Within   time.Duration `json:"within,omitempty"`
	Recovery time.Duration `json:"recovery,omitempty"`
}

// Document is the article's policy, and the default: every cause is a 502.
func Document() Policy {
	return Policy{Name: "document", Default: Rule{Statuses: []int{http.StatusBadGateway}}}
}

// RFC9209 is the policy of RFC 9209, section 2.3: the code that it recommends for the fault's error type.
func RFC9209() Policy {
	p := Policy{Name: "rfc9209", Default: Rule{Statuses: []int{http.StatusBadGateway}}, Errors: map[ErrorType]Rule{}}
	for _, e := range ErrorTypes() {
		p.Errors[e] = Rule{Statuses: []int{e.Recommended()}}
	}
	return p
}

// Policies lists the policies that Gatequake brings along, the default first.
func Policies() []Policy { return []Policy{Document(), RFC9209()} }

// Expect returns what a client should see under the fault. A control is what it is under every policy, unless one names it.
func (p Policy) Expect(f *Fault) Expectation {
	rule := p.Experiments[f.ID].or(p.Errors[f.Type]).or(p.Causes[f.Cause]).or(p.Default)
	e := Expectation{Statuses: rule.Statuses, By: ByGateway, OrCut: f.AfterHead, OrUnavailable: f.Route == RouteGRPC, Within: rule.Within, Recovery: rule.Recovery}
	_, named := p.Experiments[f.ID]
	if !named {
		e.OrRelayed = f.Tolerated
	}
	if f.Control != nil && !named {
		e = *f.Control
		e.Within, e.Recovery = rule.Within, rule.Recovery
	}
	return e
}

// or fills what r leaves zero from next.
func (r Rule) or(next Rule) Rule {
	if len(r.Statuses) == 0 {
		r.Statuses = next.Statuses
	}
	if r.Within == 0 {
		r.Within = next.Within
	}
	if r.Recovery == 0 {
		r.Recovery = next.Recovery
	}
	return r
}

// refusal is what every block must be, under every policy.
var refusal = Expectation{Statuses: []int{http.StatusForbidden}, By: ByGateway}

// service is what every healthy request must be.
var service = Expectation{Statuses: []int{http.StatusOK}, By: ByUpstream}
