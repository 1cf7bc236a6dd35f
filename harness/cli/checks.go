package cli

import (
	"net/http"

	"github.com/gatequake/gatequake/harness"
)

// promises says in a sentence what each check holds a gateway to.
var promises = map[string]string{
	harness.CheckStatus:       "the status is the one that is expected",
	harness.CheckAnsweredBy:   "it was written by the one who should write it, which a stamp on the upstream's answers tells",
	harness.CheckInTime:       "it came within the gateway's own time limits",
	harness.CheckPrompt:       "a refusal took little longer than a healthy answer beside it, and less than any of the gateway's time limits: it waits for nobody",
	harness.CheckCutVisible:   "an answer that broke off is not passed on as if it were whole",
	harness.CheckNotAsked:     "the upstream was not asked at all before a refusal",
	harness.CheckLetIn:        "who is not blocked is not refused",
	harness.CheckBlockHolds:   "a client that is blocked, beside the others, gets its 403, and the upstream is not asked",
	harness.CheckBystander:    "another route stayed healthy, and waited for nobody who is broken",
	harness.CheckPostOnce:     "a POST reached the upstream at most once",
	harness.CheckNotCacheable: "the gateway's error page may not be stored by a cache",
	harness.CheckNoLeak:       "the gateway's error page tells no internal address or name",
	harness.CheckSaysDenied:   "the page of the gateway's 403 says that access was denied",
	harness.CheckSaysNoBlock:  "the page of the gateway's 5xx does not claim that the client was blocked",
	harness.CheckConnection:   "the client's connection was usable afterwards, or cleanly closed",
	harness.CheckAlive:        "the gateway's process lives",
	harness.CheckSteadyAfter:  "service came back after the undo, with nothing restarted",
}

// onlyFor are the checks that are not made in every experiment, and what they are for.
var onlyFor = map[string]func(harness.Experiment) bool{
	harness.CheckCutVisible: func(e harness.Experiment) bool { return e.Block == nil && e.Fault.AfterHead },
	harness.CheckNotAsked:   func(e harness.Experiment) bool { return e.Block != nil },
	harness.CheckLetIn:      func(e harness.Experiment) bool { return e.Block != nil },
	harness.CheckPrompt:     func(e harness.Experiment) bool { return e.Block != nil && len(e.Block.Expected().Statuses) > 0 },
	harness.CheckBlockHolds: func(e harness.Experiment) bool { return e.Block == nil },
	harness.CheckSaysDenied: func(e harness.Experiment) bool {
		return e.Block != nil && e.Block.Expected().Accepts(http.StatusForbidden)
	},
	harness.CheckSaysNoBlock: func(e harness.Experiment) bool { return e.Block == nil },
}
