package matchers

import (
	"fmt"

	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// BeHelpedBy succeeds if the remedy helped the client of the verdict: it was served with it, and is not without it.
// It is wrong of a verdict for which the remedy was not tried, or was not applicable: nothing can be said of it then.
func BeHelpedBy(r *catalog.Remedy) types.GomegaMatcher {
	tried := record.RemedyOutcome{}
	return gcustom.MakeMatcher(func(actual any) (bool, error) {
		v, ok := actual.(verdict.Verdict)
		if !ok {
			return false, fmt.Errorf("match record: got a %T, want a %T", actual, v)
		}
		for _, a := range v.Remedies {
			if a.Remedy != r.ID {
				continue
			}
			if tried = a; a.Outcome == record.Effective || a.Outcome == record.Ineffective {
				return a.Outcome == record.Effective, nil
			}
			return false, fmt.Errorf("%s against %s: %s: %s", r.ID, v.ID, a.Outcome, a.Reason)
		}
		return false, fmt.Errorf("%s against %s: got no attempt, want one", r.ID, v.ID)
	}).WithTemplate(`Expected {{.Actual.ID}} on {{.Actual.Gateway}} {{.To}} be helped by {{.Data.R.ID}}; `+
		`it {{.Data.A.Outcome}}: {{.Data.A.Reason}}
To reproduce: {{.Actual.Replay}}`, struct {
		R *catalog.Remedy
		A *record.RemedyOutcome
	}{r, &tried})
}
