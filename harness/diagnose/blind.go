package diagnose

import (
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
)

// Accuracy is how often diagnoses were right, as shares of all that were tried.
type Accuracy struct {
	// Tried is how many answers were diagnosed.
	Tried int
	// Blocked is how often a block was told from a failure; Author how often who wrote it was told; First and
	// Three how often the right error type came first, and among the first three, of failures alone.
	Blocked, Author, First, Three float64
	// Bins sort the diagnoses by the likeness of their first guess; with logs, those that had a line that says something.
	Bins []Bin
}

// Blind diagnoses each cell's answer by the cells of the other gateways alone: nobody has seen the gateway before.
// With logs, the gateway's most telling line is given, too; no message is known. Answers that are healthy, or that
// nobody wrote, are left out: there is nothing to diagnose.
func Blind(cells []report.Cell, logs bool) Accuracy {
	a, failures := Accuracy{Bins: bins()}, 0
	others := map[string]*Signatures{}
	for _, c := range cells {
		if _, ok := others[c.Gateway]; !ok {
			others[c.Gateway] = New(slices.DeleteFunc(slices.Clone(cells),
				func(o report.Cell) bool { return o.Gateway == c.Gateway }), nil)
		}
		if c.Seen == nil || c.Seen.Status < 400 || c.ErrorType == "" {
			continue
		}
		s := SignOf(*c.Seen)
		if logs {
			s.Log = c.Line
		}
		d := others[c.Gateway].compare(&s)
		a.Tried++
		if len(d.Likely) > 0 && (!logs || s.Log != "") {
			b := &a.Bins[bin(d.Likely[0].Share)]
			b.Tried++
			if d.Likely[0].Type == c.ErrorType {
				b.Right++
			}
		}
		a.Blocked += share((d.Blocked >= 0.5) == (c.ErrorType == proxystatus.HTTPRequestDenied))
		a.Author += share((d.Gateway >= 0.5) == (c.Seen.By == record.ByGateway))
		if c.ErrorType == proxystatus.HTTPRequestDenied {
			continue
		}
		failures++
		at := slices.IndexFunc(d.Likely, func(g Guess) bool { return g.Type == c.ErrorType })
		a.First += share(at == 0)
		a.Three += share(at >= 0 && at < 3)
	}
	a.Blocked, a.Author = a.Blocked/float64(max(a.Tried, 1)), a.Author/float64(max(a.Tried, 1))
	a.First, a.Three = a.First/float64(max(failures, 1)), a.Three/float64(max(failures, 1))
	return a
}

func share(right bool) float64 {
	if right {
		return 1
	}
	return 0
}

// SignOf returns the sign of an answer that the matrix recorded.
func SignOf(s report.Seen) Sign {
	return Sign{
		Status: s.Status, End: s.End, Took: time.Duration(s.TookMS * float64(time.Millisecond)), Page: s.Page,
		Server: s.Server,
	}
}
