package harness

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// kept is a visitor who saw the failure, for a remedy that is tried when it is over.
type kept struct {
	*Visitor
	remedy  *Remedy
	attempt int
	course  course
}

// probeRemedies lets a client see the failure, and then do something about it while it lasts: each remedy with a client of its own, at a failure that is made and
// proved anew.
func (t *trial) probeRemedies(ctx context.Context) error {
	if t.within = t.longest() + Slack; t.experiment.Fault != nil {
		t.within = max(t.limit(t.experiment.Fault.Phase)+Slack, t.policy.Expect(t.experiment.Fault).Within)
	} else if len(t.experiment.Block.Expected().Statuses) == 0 {
		t.within = t.shortest() // No answer is to come: there is no use in waiting for it.
	}
	if t.experiment.Block != nil {
		t.letIn(ctx, t.experiment.Block.First)
	}
	for _, r := range t.experiment.Remedies {
		if err := t.attempt(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
	}
	return nil
}

// attempt tries one remedy. The error says that nobody can tell: the failure was not there any more when it was looked for.
func (t *trial) attempt(ctx context.Context, r *Remedy) error {
	a := Attempt{Remedy: r.ID}
	if a.Reason = t.without(r); a.Reason != "" {
		a.Outcome = NotApplicable
		t.verdict.Remedies = append(t.verdict.Remedies, a)
		return nil
	}
	mark := t.bench.Gateway.Mark()
	v, err := t.meet(ctx)
	if err != nil {
		return err
	}
	defer v.Disconnect()
	c := course{saw: t.saw(v.Saw, "")}
	if t.fails(v.Saw) {
		if r.Reads {
			err = t.readLog(ctx, mark)
		}
		if err == nil {
			err = t.remedy(ctx, r, v, &c)
		}
	}
	switch why, cannot := Cannot(err); {
	case cannot:
		a.Saw, a.Outcome, a.Reason = v.Saw.String(), NotApplicable, why
	case err != nil:
		return err
	default:
		a.decide(c, func(o Observation) bool { return !t.fails(o) })
	}
	t.verdict.Remedies = append(t.verdict.Remedies, a)
	return nil
}

// remedy does it for a visitor who saw the failure, proves that this was still there, and notes in c what was observed.
func (t *trial) remedy(ctx context.Context, r *Remedy, v *Visitor, c *course) error {
	begin := time.Now()
	then, err := r.Try(ctx, v)
	if err != nil {
		return err
	}
	took := then.began.Sub(begin)
	c.then = t.saw(then, r.ID)
	if err := t.holds(ctx); err != nil {
		return err
	}
	if !r.Plain && !t.fails(then) {
		if c.without, err = t.refreshed(ctx, took); err != nil {
			return err
		}
	}
	if r.Over != nil {
		t.kept = append(t.kept, kept{v, r, len(t.verdict.Remedies), *c})
	}
	return nil
}

// without tells why a remedy cannot be tried at all, or "".
func (t *trial) without(r *Remedy) string {
	for _, n := range r.Needs {
		if reason := t.bench.World.Lacks(n); reason != "" {
			return fmt.Sprintf("needs %s: %s", n.About(), reason)
		}
	}
	if t.bench.Gateway.Dead() != "" {
		return "the gateway's process ended of it, and nobody is left to ask"
	}
	return ""
}

// refreshed is what a visitor sees who refreshes, at a failure of its own, when the time has passed that a remedy took: time alone heals some.
func (t *trial) refreshed(ctx context.Context, after time.Duration) (*Observation, error) {
	v, err := t.meet(ctx)
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
func (t *trial) afterwards(ctx context.Context) error {
	for _, k := range t.kept {
		without, with, err := k.remedy.Over(ctx, k.Visitor)
		k.Disconnect()
		if err != nil {
			return fmt.Errorf("%s, when it was over: %w", k.remedy.ID, err)
		}
		k.course.overWithout, k.course.over = t.saw(without, "its end"), t.saw(with, "its end and "+k.remedy.ID)
		t.verdict.Remedies[k.attempt].decide(k.course, func(o Observation) bool { return !t.fails(o) })
	}
	return nil
}

// decideRemedies concludes: it passes when every attempt came to an outcome, whatever that is. What the gateway promises is tried elsewhere.
func (t *trial) decideRemedies() {
	v := &t.verdict
	v.Checks = []Check{}
	parts := []string{}
	for _, a := range v.Remedies {
		if a.Outcome == "" {
			v.Reason = a.Remedy + ": " + a.Reason
			return
		}
		parts = append(parts, a.Remedy+": "+string(a.Outcome))
	}
	v.Result, v.Observed = Pass, strings.Join(parts, "; ")
}
