package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/strain"
	"github.com/gatequake/gatequake/harness/world"
)

// trial is an experiment on its way.
type trial struct {
	experiment Experiment
	policy     Policy
	bench      *Bench
	injection  *Injection
	within     time.Duration
	blocked    *Observation  // of a client that is blocked, beside a probe of a fault
	observed   []Observation // of what was asked for; not of the bystander
	kept       []kept        // visitors for whom something is tried when the fault is over
	read       []string      // what a remedy read in the gateway's log
	verdict    Verdict
	// recoveredLate is how late the machine was, in milliseconds, while service was waited for after the undo.
	recoveredLate float64
}

// run fills the verdict in. Any error on the way leaves it inconclusive, with the error as the reason.
func (t *trial) run(ctx context.Context, w *world.World, s Setup) {
	var err error
	defer func() { t.blameMachine(err) }()
	if t.bench, err = NewBench(w, s); err != nil {
		t.verdict.Reason = err.Error()
		return
	}
	defer t.bench.Close()
	t.verdict.Unchecked = t.bench.unchecked()
	span := t.bench.strain.Begin()
	err = t.steps(ctx)
	if t.recollect(); err != nil || len(t.verdict.Observations) == 0 {
		t.verdict.LateMS = ms(t.bench.strain.Late(span))
	}
	if why, cannot := Cannot(err); cannot {
		t.verdict.Result, t.verdict.Reason = Unsupported, why
		if not := inapplicable(""); errors.As(err, &not) {
			t.verdict.Reason = fmt.Sprintf("not with %s: %s", t.verdict.Gateway, not)
		}
		return
	}
	if err != nil {
		t.verdict.Reason = err.Error()
		if t.bench.Gateway != nil && (t.bench.Gateway.Dead() != "" || len(t.verdict.Observations) == 0) {
			t.verdict.Log = t.bench.Gateway.Since(nil)
			t.verdict.Reason += lastWords(t.verdict.Log)
		}
		return
	}
	if len(t.experiment.Remedies) > 0 {
		t.decideRemedies()
		return
	}
	t.decide()
}

// LastWords introduces the end of a gateway's log in a reason.
const LastWords = "; it last said: "

// blameMachine makes the verdict inconclusive, whatever it is, if this process was refused what it needs to play its parts. Err is what stopped the experiment, if
// something did.
func (t *trial) blameMachine(err error) {
	if !strain.Lacks(err) {
		err = t.lacked()
	}
	if err != nil && t.verdict.Result != Unsupported {
		t.verdict.starve(err)
	}
}

// lastWords appends the end of a gateway's log to a reason.
func lastWords(log []string) string {
	const enough = 5 // The lines that say why stand at the end.
	if len(log) == 0 {
		return "; it logged nothing"
	}
	return LastWords + strings.Join(last(log, enough), " | ")
}

func (t *trial) steps(ctx context.Context) error {
	b, e := t.bench, t.experiment
	if err := t.ready(ctx); err != nil {
		return err
	}
	t.settleLog(ctx)
	mark := b.Gateway.Mark()
	t.verdict.Before = last(b.Gateway.Since(nil), linesBefore)
	undo, stopped := t.inject(ctx)
	// The world is mended on every path, also when the time for the experiment is over.
	defer func() { _ = undo(context.WithoutCancel(ctx)) }()
	if stopped != nil && !t.ends() {
		return stopped
	}
	begin := time.Now()
	if stopped == nil {
		stopped = t.probe(ctx)
	}
	dead := b.Gateway.Dead() // Undoing a wrong configuration starts another process.
	t.verdict.FaultMS = ms(time.Since(begin))
	if err := undo(ctx); err != nil {
		return fmt.Errorf("undo %s: %w", e.Fault.ID, err)
	}
	if e.Fault != nil {
		t.moment(MomentUndone)
	}
	if err := t.recover(ctx, dead); err != nil {
		return err
	}
	if t.verdict.Log = t.read; t.read == nil {
		t.settleLog(ctx)
		t.verdict.Log = b.Gateway.Since(mark)
	}
	if t.gone() {
		return nil // Whatever stopped the probes, the gateway failed.
	}
	if stopped != nil {
		return stopped
	}
	return t.afterwards(ctx)
}

// ready waits for the state that every experiment begins with.
func (t *trial) ready(ctx context.Context) error {
	if err := t.bench.Steady(ctx, RouteBystander); err != nil {
		return err
	}
	t.verdict.Served = true
	if err := t.steady(ctx); err != nil {
		return err
	}
	t.moment(MomentSteady)
	return nil
}

// settleLog waits until the gateway has written down what happened so far: what comes later stands beside what did not
// cause it. Nothing is measured meanwhile.
func (t *trial) settleLog(ctx context.Context) {
	if d := t.bench.Definition; d != nil {
		t.bench.Gateway.Settle(ctx, d.LogsLate)
	}
}

// linesBefore is how much of the log is kept from before the fault: the last requests of every route that the
// experiment looks at.
const linesBefore = 10

// last returns the last lines, n at most.
func last(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// gone reports whether the gateway is dead, or does not serve in a world that was mended.
func (t *trial) gone() bool {
	return slices.ContainsFunc(t.verdict.Checks, func(c Check) bool { return c.broken() && (c.Name == CheckAlive || c.Name == CheckSteadyAfter) })
}

// probe sends what the experiment sends through the broken world, and proves that it was broken to the end.
func (t *trial) probe(ctx context.Context) error {
	switch {
	case len(t.experiment.Remedies) > 0:
		return t.probeRemedies(ctx)
	case t.experiment.Block != nil:
		if err := t.probeBlock(ctx); err != nil {
			return err
		}
	case t.experiment.State == Balanced:
		if err := t.probePool(ctx); err != nil {
			return err
		}
	default:
		if err := t.probeFault(ctx); err != nil {
			return err
		}
	}
	if t.experiment.Fault == nil {
		return nil
	}
	if err := t.confirm(ctx); err != nil {
		return fmt.Errorf("after the probes: %w", err)
	}
	return nil
}

// inject breaks the world and confirms that it is broken. The undo is never nil, and takes back whatever was injected last.
func (t *trial) inject(ctx context.Context) (undo func(context.Context) error, err error) {
	undo = func(ctx context.Context) error {
		if t.injection == nil {
			return nil
		}
		t.bench.struckBy = nil
		return t.injection.Undo(ctx)
	}
	f := t.experiment.Fault
	if f == nil {
		return undo, nil
	}
	if err := t.bench.before(ctx, t.experiment.State, f.Route); err != nil {
		return undo, err
	}
	if t.injection, err = f.Inject(ctx, t.bench); err != nil {
		return undo, fmt.Errorf("inject %s: %w", f.ID, err)
	}
	t.moment(MomentInjected)
	t.bench.struckBy = f
	if err := t.confirm(ctx); err != nil {
		if veil := t.bench.veil(); veil != "" {
			err = inapplicable("what cannot be proved through " + veil + " cannot be told from another fault there")
		}
		return undo, err
	}
	if err := t.bench.struck(ctx, t.experiment.State); err != nil {
		return undo, err
	}
	return undo, t.settle(ctx)
}

// confirm proves that the world is broken.
func (t *trial) confirm(ctx context.Context) (err error) {
	if err = t.rearm(ctx); err == nil {
		if t.verdict.Evidence, err = t.injection.Confirm(ctx); err != nil {
			err = fmt.Errorf("confirm %s: %w", t.experiment.Fault.ID, err)
		}
	}
	if check := t.bench.checked(); err != nil && check != "" && t.injection.Rearm != nil {
		return inapplicable("one request uses the fault up, and the gateway's own checks (" + check + ") come before ours")
	}
	if err != nil {
		return err
	}
	t.moment(MomentConfirmed)
	return nil
}

func (t *trial) rearm(ctx context.Context) error {
	if t.injection.Rearm == nil {
		return nil
	}
	if err := t.injection.Rearm(ctx); err != nil {
		return fmt.Errorf("rearm %s: %w", t.experiment.Fault.ID, err)
	}
	return nil
}

// settle waits until a gateway that resolves names in the background must have noticed, by its own configuration, that they changed.
func (t *trial) settle(ctx context.Context) error {
	f, wait := t.experiment.Fault, t.bench.Definition.Resolves
	if f.Route != RouteNamed {
		return nil
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(wait + cacheTick):
		return nil
	}
}

// cacheTick is how long a gateway that counts in whole seconds may keep an answer whose time to live is 0 (nginx: ngx_resolver.c compares seconds).
const cacheTick = time.Second

// steady waits for service on every route that the experiment looks at; of a pool, by each member.
func (t *trial) steady(ctx context.Context) error {
	if t.experiment.State == Balanced || t.bench.there != nil && len(t.bench.ours.Pool()) > 0 && t.bench.discerns() {
		return t.bench.eachServes(ctx) // One that runs elsewhere may hold what was before against a member.
	}
	return t.bench.Steady(ctx, t.experiment.route(), RouteBystander)
}

// recover waits for the steady state after the undo, and tells a gateway that is dead from one that does not recover, and that from a world that does not.
func (t *trial) recover(ctx context.Context, dead string) error {
	begin, span := time.Now(), t.bench.strain.Begin()
	err := t.steady(ctx)
	t.recoveredLate = ms(t.bench.strain.Late(span))
	t.verdict.LateMS = max(t.verdict.LateMS, t.recoveredLate)
	if err == nil {
		t.verdict.RecoveryMS = ms(time.Since(begin))
		t.moment(MomentSteady)
	} else if broken := t.bench.sound(ctx); broken != nil {
		return fmt.Errorf("undo left the world broken: %w", broken)
	}
	if dead == "" {
		dead = t.bench.Gateway.Dead()
	}
	if t.bench.there == nil {
		t.check(Check{Name: CheckAlive, OK: dead == "", Got: dead + lastWords(t.bench.Gateway.Since(nil)), Want: "a process that lives"})
	}
	if dead != "" {
		t.blocked = nil
		return nil // That it serves nobody any more goes without saying.
	}
	got := ""
	if err != nil {
		got = err.Error()
	}
	t.check(Check{Name: CheckSteadyAfter, OK: err == nil, Got: got, Want: "service again, with nothing restarted"})
	return nil
}
