package engine

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/strain"
)

// maxEvents is how many events a record holds: far more than any experiment without a load has.
const maxEvents = 200

// event notes that the harness did something just now.
func (t *run) event(what string) {
	t.record.Events = append(
		t.record.Events,
		record.Event{At: t.since(time.Now()), Source: record.Harness, What: what},
	)
}

// since returns the milliseconds from the start of the experiment to then. It is on the clock that the processes of a
// world share, not on one of ours.
func (t *run) since(then time.Time) float64 { return record.MS(then.Sub(t.record.Started)) }

// collectEvents asks the upstreams and the nameserver what they saw, and when. A request may arrive late: after a cut
// was healed, say.
func (t *run) collectEvents() {
	v := &t.record
	for i := range v.Observations {
		o := &v.Observations[i]
		hits := t.instruments().Hits(o.Nonce)
		o.Hits, o.At, o.Ended = t.instruments().HitsOf(o.Nonce), t.since(o.Began), t.since(o.Done)
		v.LateMS = max(v.LateMS, o.LateMS)
		for _, h := range hits {
			v.Events = append(
				v.Events,
				record.Event{
					At:     t.since(h.At),
					Source: record.Upstream,
					What:   fmt.Sprintf("%s %s (%s)", h.Method, h.Path, h.Nonce),
				},
			)
		}
	}
	for _, q := range t.instruments().Queries() {
		what := fmt.Sprintf("%s %s: %s", q.Type, q.Name, q.Answer)
		v.Events = append(v.Events, record.Event{At: t.since(q.At), Source: record.Resolver, What: what})
	}
	// What the harness did is said first of what is over the bound, and stays in any case.
	ours := len(
		slices.DeleteFunc(slices.Clone(v.Events), func(m record.Event) bool { return m.Source != record.Harness }),
	)
	v.Events = v.Events[:min(len(v.Events), max(maxEvents, ours))]
	slices.SortStableFunc(v.Events, func(a, b record.Event) int { return cmp.Compare(a.At, b.At) })
}

// lacked returns what the machine had none left of for the harness, or nil.
func lacked(r record.Record) error {
	for _, o := range r.Observations {
		if o.End == client.Starved {
			return fmt.Errorf("%s: %s", o.Probe, o.Error)
		}
	}
	return strain.Noted(r.Started)
}
