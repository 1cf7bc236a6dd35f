package harness

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Moment is when something happened in an experiment, besides what its clients saw.
type Moment struct {
	// At is in milliseconds, counted from the start of the experiment.
	At float64 `json:"at_ms"`
	// Who saw it or did it.
	Who Witness `json:"who"`
	// What happened: one of the words below, the line of a request, or a question and its answer.
	What string `json:"what"`
}

// Witness is who tells of a moment.
type Witness string

// The witnesses.
const (
	Us          Witness = "us"       // who breaks the world and mends it
	AnUpstream  Witness = "upstream" // any of them, of a request with the nonce of a probe
	ANameserver Witness = "resolver"
)

// What we do, in the order in which it is done; the steady state comes twice.
const (
	MomentSteady    = "steady"
	MomentInjected  = "injected"
	MomentConfirmed = "confirmed"
	MomentUndone    = "undone"
)

// maxMoments is how many moments a verdict holds: far more than any experiment without a load has.
const maxMoments = 200

// moment notes that we did something just now.
func (t *trial) moment(what string) {
	t.verdict.Moments = append(t.verdict.Moments, Moment{At: t.since(time.Now()), Who: Us, What: what})
}

// since returns the milliseconds from the start of the experiment to then. It is on the clock that the processes of a world share, not on one of ours.
func (t *trial) since(then time.Time) float64 { return ms(then.Sub(t.verdict.Started)) }

// recollect asks the upstreams and the nameserver what they saw, and when. A request may arrive late: after a cut was healed, say.
func (t *trial) recollect() {
	v := &t.verdict
	for i := range v.Observations {
		o := &v.Observations[i]
		hits := t.bench.hits(o.Nonce)
		o.Hits, o.At = len(hits), t.since(o.began)
		v.LateMS = max(v.LateMS, o.LateMS)
		for _, h := range hits {
			v.Moments = append(v.Moments, Moment{At: t.since(h.At), Who: AnUpstream, What: fmt.Sprintf("%s %s (%s)", h.Method, h.Path, h.Nonce)})
		}
	}
	if t.bench.Names != nil {
		for _, q := range t.bench.Names.Queries() {
			v.Moments = append(v.Moments, Moment{At: t.since(q.At), Who: ANameserver, What: fmt.Sprintf("%s %s: %s", q.Type, q.Name, q.Answer)})
		}
	}
	// What we did is said first of what is over the bound, and stays in any case.
	ours := len(slices.DeleteFunc(slices.Clone(v.Moments), func(m Moment) bool { return m.Who != Us }))
	v.Moments = v.Moments[:min(len(v.Moments), max(maxMoments, ours))]
	slices.SortStableFunc(v.Moments, func(a, b Moment) int { return cmp.Compare(a.At, b.At) })
}
