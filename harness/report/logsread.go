package report

import (
	"fmt"
	"slices"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
)

// ReadLogs decides what looking into the logs was good for (record.CheckLogs): for each fault of a run, whether the
// gateway's log names its error type. Only all faults together tell that, so it is done when a run is over, and may
// be done again.
func ReadLogs(r Run) Run {
	logs := r.Logs()
	r.Verdicts = slices.Clone(r.Verdicts)
	for i, v := range r.Verdicts {
		v.Remedies = slices.Clone(v.Remedies)
		for j := range v.Remedies {
			a := &v.Remedies[j]
			if a.Remedy != record.CheckLogs || a.Then == "" {
				continue // Nobody saw a failure.
			}
			l, compared := logs[ColumnOf(v)][v.ID]
			switch {
			case v.Cause == cause.Blocked:
				a.Outcome, a.Reason = record.NotApplicable, "a block is no failure: the gateway did what its configuration says"
			case !compared:
				a.Outcome, a.Reason = record.NotApplicable, fmt.Sprintf(
					"too few kinds of faults in this run to compare the lines of: want %d error types", minTypes)
			default:
				a.Outcome, a.Reason = l.outcome()
			}
		}
		r.Verdicts[i].Remedies = v.Remedies
	}
	return r
}

// outcome is what the line is good for.
func (l LogLine) outcome() (record.Help, string) {
	switch l.Says {
	case LogNames:
		return record.Effective, "the log names the error type"
	case LogMisleads:
		return record.Ineffective, fmt.Sprintf("the log's most telling line is that of %s", l.As)
	case LogShared:
		return record.Ineffective, "the log's most telling line is that of several error types"
	}
	return record.Ineffective, "the log has no line that tells it from other failures"
}
