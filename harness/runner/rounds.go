package runner

import (
	"cmp"
	"context"
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/strain"
	"github.com/gatequake/gatequake/harness/verdict"
)

// rounds carries jobs out. What may have been the machine's doing in the first round, with many worlds side by side,
// is measured again after it, with few.
//
//	all jobs ──> one of each gateway in doubt, alone ──> what waited for those ──> what the machine was late for, with
//	few worlds ──> what the machine was late for once more, alone ──> what is red of a user's own, twice more
type rounds struct {
	o        Options
	one      func(context.Context, Job, Options) verdict.Verdict // One, but in tests
	gate     *gate
	health   *gatewayHealth
	runs     *runs
	verdicts chan<- verdict.Verdict

	mu           sync.Mutex // guards what follows
	doubtful     []rerun    // one of each column that did not serve
	waiting      []Job      // of columns in doubt
	starved      []rerun
	starvedTwice []rerun // starved for the second time
	red          []doubt // of gateways of the user's own
}

// rerun is a job that is to be run again, and why.
type rerun struct {
	Job
	why string
}

// doubt is a job of a gateway of the user's own that came out red. Nobody has measured that gateway before: whether it
// is always so is to be seen before anybody is told.
type doubt struct {
	Job
	first verdict.Verdict
}

// repeats is how many more times a red cell of a gateway of the user's own is run.
const repeats = 2

// Run runs the jobs and sends each verdict on the returned channel as it comes. An experiment that may have failed
// because of the machine is measured once more when all are through, with fewer worlds beside it, and if need be once
// more with none; its verdict is the last. One whose gateway did not serve is measured twice. When ctx ends, worlds are
// ended at once, no further job begins, and those not finished have no verdict. The channel is closed when everything
// has ended.
func Run(ctx context.Context, jobs []Job, o Options) <-chan verdict.Verdict {
	verdicts := make(chan verdict.Verdict)
	if o.Remote != nil {
		o.Workers = 1
	}
	workers := max(o.Workers, 1)
	if room, _ := Room(); room > 0 {
		workers = min(workers, room)
	}
	o.monitor = strain.Watch(nil)
	r := &rounds{
		o:        o,
		one:      RunOne,
		gate:     newGate(workers, runtime.GOMAXPROCS(0)),
		health:   newGatewayHealth(),
		runs:     &runs{want: max(o.Repeat, 1)},
		verdicts: verdicts,
	}
	go func() {
		defer close(verdicts)
		defer o.monitor.Close()
		r.all(ctx, jobs)
	}()
	return verdicts
}

func (r *rounds) all(ctx context.Context, jobs []Job) {
	runGated(ctx, r.gate, scheduled(jobs, r.runs.want), r.runFirst)
	for _, d := range r.doubtful {
		runGated(ctx, newGate(1, 1), slices.Values([]rerun{d}), r.rerunAlone)
	}
	runGated(ctx, r.gate, slices.Values(r.waiting), r.runFirst)
	runGated(ctx, newGate(min(runtime.GOMAXPROCS(0), int(r.gate.most)), 1), slices.Values(r.starved), r.rerunStarved)
	runGated(ctx, newGate(1, 1), slices.Values(r.starvedTwice), r.rerunLast)
	runGated(ctx, r.gate, slices.Values(r.red), r.repeat)
}

// gateway is the name of what a job is about.
func (j Job) gateway() string { return j.Gateway.Name }

// runGated runs the jobs, as many at a time as the gate lets in, and returns when all are done.
func runGated[J interface{ gateway() string }](
	ctx context.Context,
	g *gate,
	jobs iter.Seq[J],
	do func(context.Context, J) verdict.Verdict,
) {
	var worlds sync.WaitGroup
	defer worlds.Wait()
	for j := range jobs {
		p := g.enter(j.gateway())
		if ctx.Err() != nil {
			return
		}
		worlds.Go(func() { g.leave(p, do(ctx, j)) })
	}
}

// runFirst runs a job for the first time.
func (r *rounds) runFirst(ctx context.Context, j Job) verdict.Verdict {
	if r.health.waits(j) {
		r.keep(func() { r.waiting = append(r.waiting, j) })
		return verdict.Verdict{Result: verdict.Unsupported} // From which the gate learns nothing.
	}
	if r.o.Started != nil {
		r.o.Started(j)
	}
	if v, ok := r.health.given(j, r.o); ok {
		r.send(ctx, j, v)
		return verdict.Verdict{Result: verdict.Unsupported}
	}
	v := r.one(ctx, j, r.o)
	again := rerun{j, v.Reason}
	switch stands := r.health.note(j, v); {
	case ctx.Err() != nil:
	case stands == onHold:
		r.keep(func() { r.waiting = append(r.waiting, j) })
	case stands == doubtful:
		r.keep(func() { r.doubtful = append(r.doubtful, again) })
	case v.Starved || didNotServe(v):
		r.keep(func() { r.starved = append(r.starved, again) })
	default:
		r.settle(ctx, j, v)
	}
	return v
}

// rerunAlone runs a job again whose gateway is in doubt, and gives the gateway up if it does not serve now either.
func (r *rounds) rerunAlone(ctx context.Context, s rerun) verdict.Verdict {
	v := r.one(ctx, s.Job, r.o)
	v.Again = s.why
	if ctx.Err() == nil && r.health.note(s.Job, v) != healthy {
		v.Reason += "; so it was twice, the second time with no other world beside it"
		r.health.giveUp(s.Job, v)
	}
	r.send(ctx, s.Job, v)
	return v
}

// rerunStarved runs a job for the second time.
func (r *rounds) rerunStarved(ctx context.Context, s rerun) verdict.Verdict {
	v := r.one(ctx, s.Job, r.o)
	v.Again = s.why
	if v.Starved && ctx.Err() == nil {
		r.keep(func() { r.starvedTwice = append(r.starvedTwice, s) })
		return v
	}
	r.settle(ctx, s.Job, v)
	return v
}

// rerunLast runs a job for the third time, with no other world beside it, and for the last.
func (r *rounds) rerunLast(ctx context.Context, s rerun) verdict.Verdict {
	v := r.one(ctx, s.Job, r.o)
	v.Again = s.why
	if v.Starved {
		v.Reason += "; so it was three times, the third with no other world beside it"
	}
	r.settle(ctx, s.Job, v)
	return v
}

// settle sends a verdict that the machine is not to blame for, unless it is one to be seen again.
func (r *rounds) settle(ctx context.Context, j Job, v verdict.Verdict) {
	red := v.Result == verdict.Inconclusive && !v.Starved || v.Result == verdict.Fail && !v.Known()
	if red && j.Gateway.Kind() == gateway.KindOwn && r.runs.want == 1 {
		r.keep(func() { r.red = append(r.red, doubt{j, v}) })
		return
	}
	r.send(ctx, j, v)
}

// repeat runs a job again, so many times that one can tell what is always so, and sends what all runs come to. A run
// that told nothing does not count beside one that did.
func (r *rounds) repeat(ctx context.Context, d doubt) verdict.Verdict {
	told, why := []verdict.Verdict{}, ""
	note := func(v verdict.Verdict) {
		if v.Result == verdict.Inconclusive {
			why = cmp.Or(why, v.Reason)
		} else {
			told = append(told, v)
		}
	}
	note(d.first)
	last := d.first
	for range repeats {
		if last = r.one(ctx, d.Job, r.o); ctx.Err() != nil {
			return last
		}
		note(last)
	}
	if len(told) == 0 {
		told = []verdict.Verdict{last}
	}
	whole := verdict.Combine(told)
	whole.Again = cmp.Or(whole.Again, why)
	r.send(ctx, d.Job, whole)
	return last
}

// send sends a verdict on, if it is the last of its job's runs and nobody has ended the whole.
func (r *rounds) send(ctx context.Context, j Job, v verdict.Verdict) {
	if ctx.Err() != nil {
		return
	}
	if whole, ok := r.runs.add(j, v); ok {
		r.verdicts <- whole
	}
}

func (r *rounds) keep(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

// RunSettled runs one job and returns its verdict; if the machine may be to blame for it, that of a second time.
func RunSettled(ctx context.Context, j Job, o Options) verdict.Verdict {
	v := RunOne(ctx, j, o)
	if !v.Starved || ctx.Err() != nil {
		return v
	}
	why := v.Reason
	v = RunOne(ctx, j, o)
	v.Again = why
	return v
}
