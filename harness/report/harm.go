package report

import (
	"slices"

	"github.com/gatequake/gatequake/harness"
)

// harms are what the breach of each promise is to clients, the worst first: a gateway that is gone, or does not come back; an order that is placed twice; half an
// answer that looks whole; others who suffer too; a client who waits in vain. What is wrong with an answer that came, and can be seen to be none, comes after.
var harms = []struct{ check, is string }{
	{harness.CheckAlive, "the gateway dies"},
	{harness.CheckSteadyAfter, "never recovers"},
	{harness.CheckPostOnce, "a POST is sent twice"},
	{harness.CheckCutVisible, "data is lost: half an answer passes for a whole one"},
	{harness.CheckNotAsked, "who is blocked reaches the upstream"},
	{harness.CheckBlockHolds, "a block does not hold"},
	{harness.CheckBystander, "others are hurt"},
	{harness.CheckInTime, "hangs"},
	{harness.CheckLetIn, "who is not blocked is refused"},
	{harness.CheckStatus, "wrong status"},
	{harness.CheckAnsweredBy, "wrong author"},
	{harness.CheckPrompt, "a refusal has to wait"},
	{harness.CheckConnection, "the client's connection is spoilt"},
	{harness.CheckNoLeak, "an internal address or name leaks"},
	{harness.CheckNotCacheable, "an error may be cached"},
	{harness.CheckSaysDenied, "the page does not say that access was denied"},
	{harness.CheckSaysNoBlock, "the page blames a block"},
}

// worst is how severe a fail is, its place in harms; less is worse.
func worst(v harness.Verdict) int {
	for i, h := range harms {
		if slices.Contains(v.Broken(), h.check) {
			return i
		}
	}
	return len(harms)
}

// hurts says what a fail is to clients, and what it is besides.
func hurts(v harness.Verdict) (is string, besides []string) {
	is = "promise broken"
	for i, h := range harms {
		switch {
		case i == worst(v):
			is = h.is
		case slices.Contains(v.Broken(), h.check):
			besides = append(besides, h.is)
		}
	}
	return is, besides
}
