package record

import "fmt"

// Help is what a remedy did against a failure. The zero value means that nobody knows: it was never tried.
type Help string

// The outcomes of an attempt.
const (
	// Effective: with it the client is served, and without it, in the same place, it is not.
	Effective Help = "helps"
	// Ineffective: the client is not served, or would have been without it.
	Ineffective Help = "does not help"
	// NotApplicable: there was nothing to try it on, or it cannot be tried; the reason says which.
	NotApplicable Help = "not applicable"
)

// RemedyOutcome is one remedy, tried once on one failure.
type RemedyOutcome struct {
	Remedy string `json:"remedy"`
	// Outcome and Reason are what came of it.
	Outcome Help   `json:"outcome"`
	Reason  string `json:"reason"`
	// Unseen is true when there was nothing to try it on: the client saw no failure. It is then not applicable.
	Unseen bool `json:"unseen,omitempty"`
	// Saw is what the client saw before it, and Then what its next request got with it, both with the fault still in
	// force.
	Saw  string `json:"saw,omitempty"`
	Then string `json:"then,omitempty"`
	// Without is what another client saw, at the same failure, who did nothing but refresh, when as much time had
	// passed. It is asked only when Then was service.
	Without string `json:"without,omitempty"`
	// OverWithout and Over are what the client's next request got when the fault was over, first without the remedy,
	// then with it; empty for a remedy that is about the failure itself.
	OverWithout string `json:"over_without,omitempty"`
	Over        string `json:"over,omitempty"`
}

// Trace is what was observed while a remedy was tried; nil for what was not asked.
type Trace struct{ Saw, Then, Without, OverWithout, Over *Observation }

// Decide draws the conclusion from what was observed; served tells service from all else.
func (a *RemedyOutcome) Decide(c Trace, served func(Observation) bool) {
	say := func(o *Observation) string {
		if o == nil {
			return ""
		}
		return o.String()
	}
	is := func(o *Observation) bool { return o != nil && served(*o) }
	a.Saw, a.Then, a.Without, a.OverWithout, a.Over = say(
		c.Saw,
	), say(
		c.Then,
	), say(
		c.Without,
	), say(
		c.OverWithout,
	), say(
		c.Over,
	)
	switch {
	case c.Saw == nil || is(c.Saw):
		a.Outcome, a.Unseen, a.Reason = NotApplicable, true, "the client saw no failure: "+a.Saw
	case c.Then == nil:
		a.Outcome, a.Reason = "", "not tried"
	case is(c.Then) && is(c.Without):
		a.Outcome, a.Reason = Ineffective, "served, and so is who only refreshes"
	case is(c.Then):
		a.Outcome, a.Reason = Effective, "served, with nothing repaired"
	case is(c.Over) && !is(c.OverWithout):
		a.Outcome, a.Reason = Effective, fmt.Sprintf(
			"not while it lasts; but when it was over the client still saw %s, and with this %s",
			a.OverWithout,
			a.Over,
		)
	case a.Then == a.Saw:
		a.Outcome, a.Reason = Ineffective, a.Then+" again"
	default:
		a.Outcome, a.Reason = Ineffective, "then "+a.Then
	}
}
