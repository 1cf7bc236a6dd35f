package harness

import "net/http"

// Policy says what each fault should be answered with.
type Policy interface {
	// Name is how reports call it.
	Name() string
	// Expect returns what a client should see under the fault.
	Expect(*Fault) Expectation
}

// Document is the article's policy, and the default: every cause is a 502.
type Document struct{}

// Name returns "document".
func (Document) Name() string { return "document" }

// Expect returns a 502 that the gateway wrote, or the control's own answer.
func (Document) Expect(f *Fault) Expectation {
	if f.Control != nil {
		return *f.Control
	}
	return Expectation{Statuses: []int{http.StatusBadGateway}, By: ByGateway, OrCut: f.AfterHead}
}

// refusal is what every block must be, under every policy.
var refusal = Expectation{Statuses: []int{http.StatusForbidden}, By: ByGateway}

// service is what every healthy request must be.
var service = Expectation{Statuses: []int{http.StatusOK}, By: ByUpstream}
