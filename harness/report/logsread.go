package report

import (
	"fmt"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
)

// ReadLogs decides what looking into the logs was good for (harness.CheckLogs): for each fault of a run, whether the gateway's log names its error type. Only all
// faults together tell that, so it is done when a run is over, and may be done again.
func ReadLogs(r Run) Run {
	logs := r.logs()
	r.Verdicts = slices.Clone(r.Verdicts)
	for i, v := range r.Verdicts {
		v.Remedies = slices.Clone(v.Remedies)
		for j := range v.Remedies {
			a := &v.Remedies[j]
			if a.Remedy != catalog.CheckLogs || a.Then == "" {
				continue // Nobody saw a failure.
			}
			l, compared := logs[columnOf(v)][v.ID]
			switch {
			case v.Cause == cause.Blocked:
				a.Outcome, a.Reason = record.NotApplicable, "a block is no failure: the gateway did what its configuration says"
			case !compared:
				a.Outcome, a.Reason = record.NotApplicable, fmt.Sprintf("too few kinds of faults in this run to compare the lines of: want %d error types", enough)
			default:
				a.Outcome, a.Reason = l.good()
			}
		}
		r.Verdicts[i].Remedies = v.Remedies
	}
	return r
}

// good is what the line is good for.
func (l logLine) good() (record.Help, string) {
	switch l.says {
	case names:
		return record.Effective, "the log names the error type"
	case misleads:
		return record.Ineffective, fmt.Sprintf("the log's most telling line is that of %s", l.as)
	case shared:
		return record.Ineffective, "the log's most telling line is that of several error types"
	}
	return record.Ineffective, "the log has no line that tells it from other failures"
}

// confusion is, for one column, the faults' error types × those that the log speaks of; nil when nothing was compared.
func (r Run) confusion(c column) table.Writer {
	logs, types := r.logs()[c], []proxystatus.ErrorType{}
	count, heard := map[[2]string]int{}, map[string]bool{}
	for _, v := range r.Verdicts {
		l, ok := logs[v.ID]
		if !ok || columnOf(v) != c {
			continue
		}
		said := string(l.as)
		switch l.says {
		case silent:
			said = "nothing"
		case shared:
			said = "several"
		}
		if !slices.Contains(types, v.ErrorType) {
			types = append(types, v.ErrorType)
		}
		count[[2]string{string(v.ErrorType), said}]++
		heard[said] = true
	}
	if len(types) == 0 {
		return nil
	}
	t, head, columns := table.NewWriter(), table.Row{"the fault is ↓, the log says →"}, []string{}
	for _, e := range append(proxystatus.ErrorTypes(), "several", "nothing") {
		if heard[string(e)] {
			head, columns = append(head, string(e)), append(columns, string(e))
		}
	}
	t.AppendHeader(head)
	for _, e := range proxystatus.ErrorTypes() {
		if !slices.Contains(types, e) {
			continue
		}
		row := table.Row{string(e)}
		for _, said := range columns {
			if n := count[[2]string{string(e), said}]; n > 0 {
				row = append(row, n)
			} else {
				row = append(row, "")
			}
		}
		t.AppendRow(row)
	}
	return t
}
