// Package engine makes an experiment on a site, whatever kind of site that is, and records what was seen. It knows no
// policy and no check.
//
//	steady ─> inject, confirm ─> probe ─> confirm again ─> undo ─> steady ─> log
package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/strain"
)

// run is an experiment on its way.
type run struct {
	experiment catalog.Experiment
	site       Site
	injection  *catalog.Injection
	within     time.Duration // how long each client waits
	groups     int
	deferred   []deferred // visitors for whom something is tried when the fault is over
	limits     limits     // of the gateway's own, that a load meets
	read       []string   // what a remedy read in the gateway's log
	mark       gateway.Mark
	record     record.Record

	keeps      bool  // the gateway keeps the addresses of names
	faultHolds bool  // the fault holds, or the gateway died of it
	stopped    error // what ended the experiment before its end
	died       string
}

// phase is a part of an experiment.
type phase struct {
	name string
	do   func(*run, context.Context) error
	// mends is true of what is done also when an earlier phase failed, if the fault had struck by then. Its own failure
	// ends the experiment at once.
	mends bool
}

// phases are what an experiment goes through, in their order. The fault is taken back on every path out.
var phases = []phase{
	{"wait for the steady state", (*run).ready, false},
	{"send the load to the unbroken gateway", (*run).tryUnbroken, false},
	{"inject the fault, and confirm it", (*run).strike, false},
	{"probe", (*run).probe, false},
	{"confirm again", (*run).reconfirm, false},
	{"undo", (*run).mend, true},
	{"wait for the steady state again", (*run).recover, true},
	{"read the gateway's log", (*run).readAll, true},
	{"try what is for afterwards", (*run).afterwards, false},
}

// through goes through all phases that apply. The error is what stopped the experiment; a gateway that failed stops
// none.
func (t *run) through(ctx context.Context) error {
	// The world is mended on every path, also when the time for the experiment is over.
	defer func() { _ = t.undo(context.WithoutCancel(ctx)) }()
	for _, p := range phases {
		if t.stopped != nil && (!p.mends || !t.faultHolds) {
			continue
		}
		if err := p.do(t, ctx); err != nil {
			if t.stopped = err; p.mends {
				return err
			}
		}
	}
	if t.gone() {
		return nil // Whatever stopped the probes, the gateway failed.
	}
	return t.stopped
}

// make makes the experiment, and fills the record in. Any error on the way stops it.
func (t *run) make(ctx context.Context) {
	t.record.Unchecked, t.record.Terms = t.caveats().Unchecked(), t.terms()
	late := t.instruments().Late()
	err := t.through(ctx)
	defer t.blameMachine(err)
	if t.collectEvents(); err != nil || len(t.record.Observations) == 0 {
		t.record.LateMS = record.MS(late())
	}
	if why, cannot := site.Cannot(err); cannot {
		t.record.Cannot = why
		if not, so := site.WhyInapplicable(err); so {
			t.record.Cannot = fmt.Sprintf("not with %s: %s", t.record.Gateway, not)
		}
		return
	}
	if err != nil {
		t.record.Stopped = err.Error()
		if t.caveats().Watched() && (t.site.Process().Dead() != "" || len(t.record.Observations) == 0) {
			t.record.Log = t.site.Process().Since(nil)
			t.record.Stopped += lastWords(t.record.Log, t.site.Process().Dead() != "")
		}
	}
}

// blameMachine notes what this process was refused that it needs to play its parts. Err is what stopped the experiment,
// if something did.
func (t *run) blameMachine(err error) {
	if !strain.Lacks(err) {
		err = lacked(t.record)
	}
	if err != nil {
		t.record.Lacks = err.Error()
	}
}

// lastWords appends to a reason what the log of the gateway, which has ended or not, says of it.
func lastWords(log []string, ended bool) string {
	const most = 5 // The lines that say why stand at the end.
	why := gateway.Why(log, ended, most)
	if why == "" {
		return "; it logged nothing"
	}
	return record.LastSaid + why
}

// ready waits for the state that every experiment begins with.
func (t *run) ready(ctx context.Context) error {
	if err := t.site.Steady(ctx, site.RouteBystander); err != nil {
		return err
	}
	t.record.Served = true
	if err := t.steady(ctx); err != nil {
		return err
	}
	t.event(record.EventSteady)
	t.instruments().SettleLog(ctx)
	t.mark = t.site.Process().Mark()
	t.record.Before = last(t.site.Process().Since(nil), linesBefore)
	return nil
}

// linesBefore is how much of the log is kept from before the fault: the last requests of every route that the
// experiment looks at.
const linesBefore = 10

// last returns the last lines, n at most.
func last(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// strike injects the fault. A gateway that dies of it is not asked any more, and stops nothing.
func (t *run) strike(ctx context.Context) error {
	err := t.inject(ctx)
	t.faultHolds = err == nil || t.ends()
	return err
}

// probe sends what the experiment sends through the broken world.
func (t *run) probe(ctx context.Context) error {
	begin := time.Now()
	defer func() { t.record.FaultMS = record.MS(time.Since(begin)) }()
	switch {
	case len(t.experiment.Remedies) > 0:
		return t.probeRemedies(ctx)
	case t.experiment.Block != nil:
		return t.probeBlock(ctx)
	case t.experiment.State == site.Balanced:
		return t.probePool(ctx)
	}
	if err := t.probeFault(ctx); err != nil {
		return err
	}
	return t.allUntold()
}

// reconfirm proves that the world was broken to the end.
func (t *run) reconfirm(ctx context.Context) error {
	if t.experiment.Fault == nil || len(t.experiment.Remedies) > 0 {
		return nil // Remedies prove it each by itself.
	}
	begin := time.Now()
	defer func() { t.record.FaultMS += record.MS(time.Since(begin)) }()
	if err := t.confirm(ctx); err != nil {
		return fmt.Errorf("after the probes: %w", err)
	}
	if t.injection.Advice != nil && slices.ContainsFunc(t.record.Observations, hurt) {
		t.record.Advice = t.injection.Advice()
	}
	return nil
}

// hurt reports whether somebody who asked for what the experiment asks for was not served, and that counts.
func hurt(o record.Observation) bool { return o.Role == record.Probed && !o.Steady && o.Excused == "" }

// mend takes the fault back.
func (t *run) mend(ctx context.Context) error {
	t.died = t.site.Process().Dead() // Undoing a wrong configuration starts another process.
	if err := t.undo(ctx); err != nil {
		return fmt.Errorf("undo %s: %w", t.experiment.Fault.ID, err)
	}
	if t.experiment.Fault != nil {
		t.event(record.EventUndone)
	}
	return nil
}

// undo takes back whatever was injected last.
func (t *run) undo(ctx context.Context) error {
	if t.injection == nil {
		return nil
	}
	if s, may := t.site.(Informed); may {
		s.Mend()
	}
	return t.injection.Undo(ctx)
}

// inject breaks the world and confirms that it is broken.
func (t *run) inject(ctx context.Context) (err error) {
	f := t.experiment.Fault
	if f == nil {
		return nil
	}
	if err := t.prepareState(ctx); err != nil {
		return err
	}
	t.warmNames(ctx)
	if t.injection, err = t.site.Inject(ctx, f); err != nil {
		return fmt.Errorf("inject %s: %w", f.ID, err)
	}
	t.event(record.EventInjected)
	if s, may := t.site.(Informed); may {
		s.Strike(f.Withholds)
	}
	if err := t.confirm(ctx); err != nil {
		if obstacle := t.caveats().Obstacle(); obstacle != "" {
			err = site.Inapplicable(
				"what cannot be proved through " + obstacle + " cannot be told from another fault there",
			)
		}
		return err
	}
	if err := t.enterState(ctx); err != nil {
		return err
	}
	return t.settle(ctx)
}

// confirm proves that the world is broken.
func (t *run) confirm(ctx context.Context) (err error) {
	if err = t.rearm(ctx); err == nil {
		if t.record.Evidence, err = t.injection.Confirm(ctx); err != nil {
			err = fmt.Errorf("confirm %s: %w", t.experiment.Fault.ID, err)
		}
	}
	if check := t.caveats().Checked(); err != nil && check != "" && t.injection.Rearm != nil {
		return site.Inapplicable(
			"one request uses the fault up, and the gateway's own checks (" + check + ") come before ours",
		)
	}
	if err != nil {
		return err
	}
	t.event(record.EventConfirmed)
	return nil
}

func (t *run) rearm(ctx context.Context) error {
	if t.injection.Rearm == nil {
		return nil
	}
	if err := t.injection.Rearm(ctx); err != nil {
		return fmt.Errorf("rearm %s: %w", t.experiment.Fault.ID, err)
	}
	return nil
}

// settle waits until a gateway that resolves names in the background must have noticed, by its own configuration,
// that they changed.
func (t *run) settle(ctx context.Context) error {
	if t.experiment.Fault.Route != site.RouteNamed {
		return nil
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(t.outlasts()):
		return nil
	}
}

// cacheTick is how long a gateway that counts in whole seconds may keep an answer whose time to live is 0 (nginx:
// ngx_resolver.c compares seconds).
const cacheTick = time.Second

// steady waits for service on every route that the experiment looks at; of a pool, by each member.
func (t *run) steady(ctx context.Context) error {
	if p, err := t.pool(); err == nil && p.WholePool(t.experiment.State) {
		return p.EachServes(ctx)
	}
	return t.site.Steady(ctx, t.experiment.Route(), site.RouteBystander)
}

// recover waits for the steady state after the undo, and tells a gateway that is dead from one that does not recover,
// and that from a world that does not.
func (t *run) recover(ctx context.Context) error {
	r := &t.record
	begin, late := time.Now(), t.instruments().Late()
	err := t.steady(ctx)
	r.RecoveryLateMS = record.MS(late())
	r.LateMS = max(r.LateMS, r.RecoveryLateMS)
	if err == nil {
		r.RecoveryMS = record.MS(time.Since(begin))
		t.event(record.EventSteady)
	} else if broken := t.site.Sound(ctx); broken != nil {
		return fmt.Errorf("undo left the world broken: %w", broken)
	}
	if r.Dead = t.died; r.Dead == "" {
		r.Dead = t.site.Process().Dead()
	}
	r.Unwatched = !t.caveats().Watched()
	switch {
	case r.Dead != "":
		r.LastWords = lastWords(t.site.Process().Since(nil), true)
	case err != nil:
		r.Unrecovered = err.Error()
	default:
		r.Recovered = true
	}
	return nil
}

// gone reports whether the gateway is dead, or does not serve in a world that was mended.
func (t *run) gone() bool { return t.record.Dead != "" || t.record.Unrecovered != "" }

// readAll keeps what the gateway has logged since before the injection, unless a remedy has read it.
func (t *run) readAll(ctx context.Context) error {
	if t.record.Log = t.read; t.read == nil {
		t.instruments().SettleLog(ctx)
		t.record.Log = t.site.Process().Since(t.mark)
	}
	return nil
}
