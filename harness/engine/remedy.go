package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// deferred is a visitor who saw the failure, for a remedy that is tried when it is over.
type deferred struct {
	*site.Session
	remedy  *catalog.Remedy
	attempt int
	trace   record.Trace
}

// probeRemedies lets a client see the failure, and then do something about it while it lasts: each remedy with a
// client of its own, at a failure that is made and proved anew.
func (t *run) probeRemedies(ctx context.Context) error {
	if t.within = t.longest() + record.Slack; t.experiment.Fault != nil {
		t.within = max(t.limit(t.experiment.Fault.Phase)+record.Slack, t.experiment.AtLeast)
	} else if len(t.experiment.Block.Expected().Statuses) == 0 {
		t.within = t.shortest() // No answer is to come: there is no use in waiting for it.
	}
	if t.experiment.Block != nil {
		_ = t.letIn(ctx, t.experiment.Block.First) // What they use up is what the others are refused for.
	}
	for _, r := range t.experiment.Remedies {
		if err := t.attempt(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
	}
	return nil
}

// attempt tries one remedy. The error says that nobody can tell: the failure was not there any more when it was
// looked for.
func (t *run) attempt(ctx context.Context, r *catalog.Remedy) error {
	a := record.RemedyOutcome{Remedy: r.ID}
	if a.Reason = t.without(r); a.Reason != "" {
		a.Outcome = record.NotApplicable
		t.record.Remedies = append(t.record.Remedies, a)
		return nil
	}
	mark := t.site.Process().Mark()
	v, err := t.firstVisit(ctx)
	if err != nil {
		return err
	}
	defer v.Disconnect()
	c := record.Trace{Saw: t.saw(v.Initial, "")}
	if t.fails(v.Initial) {
		if r.Reads {
			err = t.readLog(ctx, mark)
		}
		if err == nil {
			err = t.remedy(ctx, r, v, &c)
		}
	}
	switch why, cannot := site.Cannot(err); {
	case cannot:
		a.Saw, a.Outcome, a.Reason = v.Initial.String(), record.NotApplicable, why
	case err != nil:
		return err
	default:
		a.Decide(c, func(o record.Observation) bool { return !t.fails(o) })
	}
	t.record.Remedies = append(t.record.Remedies, a)
	return nil
}

// remedy does it for a visitor who saw the failure, proves that this was still there, and notes in c what was observed.
func (t *run) remedy(ctx context.Context, r *catalog.Remedy, v *site.Session, c *record.Trace) error {
	begin := time.Now()
	then, err := r.Try(ctx, v)
	if err != nil {
		return err
	}
	took := then.Began.Sub(begin)
	c.Then = t.saw(then, r.ID)
	if err := t.holds(ctx); err != nil {
		return err
	}
	if !r.Plain && !t.fails(then) {
		if c.Without, err = t.refreshed(ctx, took); err != nil {
			return err
		}
	}
	if r.Over != nil {
		t.deferred = append(t.deferred, deferred{v, r, len(t.record.Remedies), *c})
	}
	return nil
}

// without tells why a remedy cannot be tried at all, or "".
func (t *run) without(r *catalog.Remedy) string {
	for _, n := range r.Needs {
		if reason := t.caveats().Lacks(n); reason != "" {
			return fmt.Sprintf("needs %s: %s", n.About(), reason)
		}
	}
	if t.site.Process().Dead() != "" {
		return "the gateway's process ended of it, and nobody is left to ask"
	}
	return ""
}

// refreshed is what a visitor sees who refreshes, at a failure of its own, when the time has passed that a remedy
// took: time alone heals some.
func (t *run) refreshed(ctx context.Context, after time.Duration) (*record.Observation, error) {
	v, err := t.firstVisit(ctx)
	if err != nil {
		return nil, err
	}
	defer v.Disconnect()
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-time.After(after):
	}
	o := v.Reload(ctx)
	return t.saw(o, "a refresh, to compare"), t.holds(ctx)
}

// afterwards tries, when the fault is over, the remedies that are for what outlives it.
func (t *run) afterwards(ctx context.Context) error {
	if t.gone() {
		return nil
	}
	for _, k := range t.deferred {
		without, with, err := k.remedy.Over(ctx, k.Session)
		k.Disconnect()
		if err != nil {
			return fmt.Errorf("%s, when it was over: %w", k.remedy.ID, err)
		}
		k.trace.OverWithout, k.trace.Over = t.saw(without, "its end"), t.saw(with, "its end and "+k.remedy.ID)
		t.record.Remedies[k.attempt].Decide(k.trace, func(o record.Observation) bool { return !t.fails(o) })
	}
	return nil
}
