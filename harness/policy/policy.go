// Package policy says what each fault should be answered with.
package policy

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Policy says what each fault should be answered with. A rule for the experiment wins over one for its error type,
// that over one for its cause, and that over the default. Blocks are no matter of policy: a block is a 403.
type Policy struct {
	// Name is how reports call it.
	Name string `json:"name"`
	// Default is for faults that no other rule is about.
	Default Rule `json:"default"`
	// Causes, Errors and Experiments are rules by the fault's cause, by its error type, and by its ID.
	Causes      map[cause.Cause]Rule           `json:"causes,omitempty"`
	Errors      map[proxystatus.ErrorType]Rule `json:"errors,omitempty"`
	Experiments map[string]Rule                `json:"experiments,omitempty"`
	// FailOn are the classes of red by which the run of a gateway of the user's own fails; none stands for those that
	// its owner can do something about.
	FailOn []verdict.Class `json:"fail_on,omitempty"`
}

// Fails lists the classes of red by which the run of a gateway of the user's own fails. Without a word of the policy's
// a limit of the gateway's version is none: it is shown, and nobody can mend it by a change of configuration.
func (p Policy) Fails() []verdict.Class {
	if len(p.FailOn) > 0 {
		return p.FailOn
	}
	return []verdict.Class{verdict.ToFix, verdict.OtherCode}
}

// Rule is what a policy says. What is left zero is left to the next rule.
type Rule struct {
	// Statuses are the acceptable codes; By is who must have written the answer, the gateway if it is empty. They go
	// together: a rule that has no status leaves both to the next.
	Statuses []int         `json:"statuses,omitempty"`
	By       record.Author `json:"by,omitempty"`
	// Within bounds the time to the answer, and Recovery the time from the end of the fault to the steady state.
	// Without them the gateway's own limits bound the answer, and nothing bounds the recovery.
	Within   time.Duration `json:"within,omitempty"`
	Recovery time.Duration `json:"recovery,omitempty"`
}

// Document is the article's policy, and the default for known gateways: every cause is a 502.
func Document() Policy {
	return Policy{Name: "document", Default: Rule{Statuses: []int{http.StatusBadGateway}}}
}

// RFC9209 is the policy of RFC 9209, section 2.3: the code that it recommends for the fault's error type.
func RFC9209() Policy {
	p := Policy{
		Name:    "rfc9209",
		Default: Rule{Statuses: []int{http.StatusBadGateway}},
		Errors:  map[proxystatus.ErrorType]Rule{},
	}
	for _, e := range proxystatus.ErrorTypes() {
		p.Errors[e] = Rule{Statuses: []int{e.Recommended()}}
	}
	return p
}

// recovery is how soon service must be back when nothing is broken any more: as long as the gateways that take a server
// out after a failure leave it out by default (fail_timeout of nginx).
const recovery = 10 * time.Second

// GatewayError is the default for a gateway of the user's own: whatever is broken behind it, the gateway says so
// itself, by one of the three codes that RFC 9110, sections 15.6.3 to 15.6.5, has for it. Which of them is a matter of
// taste, and no reason to change a configuration. Service must be back ten seconds after the fault at the latest.
//
// Where nothing is broken, and the gateway's own configuration decides whether a client notices anything, every request
// must be served: an upstream that ends idle connections is well.
func GatewayError() Policy {
	return Policy{
		Name: "gateway-error",
		Default: Rule{
			Statuses: []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout},
			Recovery: recovery,
		},
		Experiments: map[string]Rule{
			"keepalive-mismatch": {Statuses: Service.Statuses, By: Service.By},
		},
	}
}

// Policies lists the policies that Gatequake brings along.
func Policies() []Policy { return []Policy{Document(), RFC9209(), GatewayError()} }

// Expect returns what a client should see in the experiment that r is of, also before anything was recorded. A block is
// what it is under every policy, and so is the service of a pool of which one member is broken: nobody needs to notice.
func (p Policy) Expect(r record.Record) record.Expectation {
	switch {
	case r.Terms.Refusal != nil:
		return *r.Terms.Refusal
	case r.Terms.Balanced:
		return Service
	}
	return p.rule(r)
}

// rule returns what the policy says of the fault.
func (p Policy) rule(r record.Record) record.Expectation {
	t := r.Terms
	rule := p.Experiments[t.Base].or(p.Errors[r.ErrorType]).or(p.Causes[r.Cause]).or(p.Default)
	e := record.Expectation{
		Statuses:      rule.Statuses,
		By:            cmp.Or(rule.By, record.ByGateway),
		OrCut:         t.AfterHead,
		OrUnavailable: t.GRPC,
		Within:        rule.Within,
		Recovery:      rule.Recovery,
	}
	_, named := p.Experiments[t.Base]
	if !named {
		e.OrRelayed = t.Tolerated
	}
	if t.Control != nil && !named {
		e = *t.Control
		e.Within, e.Recovery = rule.Within, rule.Recovery
	}
	return byPart(e, r)
}

// OfFault returns what a client may see of the fault alone, with all that is as good where the gateway stands: in a
// pool, a request that no other member may answer in the broken one's place may be answered so.
func (p Policy) OfFault(r record.Record) record.Expectation {
	t, e := r.Terms, p.rule(r)
	if t.Steady != 0 && e.By == record.ByUpstream && slices.Equal(e.Statuses, Service.Statuses) {
		e.Statuses = []int{t.Steady}
	}
	e.OrUnavailable = e.OrUnavailable || t.Unavailable
	for _, besides := range t.Besides {
		besides.Besides = e.OrRelayed
		e.OrRelayed = &besides
	}
	return e
}

// or fills what r leaves zero from next.
func (r Rule) or(next Rule) Rule {
	if len(r.Statuses) == 0 {
		r.Statuses, r.By = next.Statuses, next.By
	}
	if r.Within == 0 {
		r.Within = next.Within
	}
	if r.Recovery == 0 {
		r.Recovery = next.Recovery
	}
	return r
}

// Refusal is what every block must be, under every policy.
var Refusal = record.Expectation{Statuses: []int{http.StatusForbidden}, By: record.ByGateway}

// Service is what every healthy request must be.
var Service = record.Expectation{Statuses: []int{http.StatusOK}, By: record.ByUpstream}
