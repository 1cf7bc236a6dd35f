package harness

import (
	"context"
	"slices"
	"time"
)

// probeFault sends each method through the broken world, with the bystander at its side. A gateway that died of one is not asked for the next.
func (t *trial) probeFault(ctx context.Context) error {
	f := t.experiment.Fault
	t.within = max(t.limit(f.Phase)+Slack, t.policy.Expect(f).Within)
	for _, method := range t.bench.methodsOf(f.Route) {
		if err := t.rearm(ctx); err != nil {
			return err
		}
		answers := t.ask(ctx, Probe{Route: f.Route, Method: method, Within: t.within})
		blocked := t.besideBlocked(ctx, method)
		bystander := t.askBystander(ctx)
		beside := <-answers
		for _, o := range beside {
			t.note(o)
		}
		blocked()
		all := beside
		if !t.bench.lonely() {
			all = append(all, bystander)
		}
		if slices.ContainsFunc(all, t.died) {
			t.blocked = nil
			return nil // That it serves nobody any more goes without saying.
		}
		if err := t.seeBystander(ctx, bystander, beside); err != nil {
			return err
		}
	}
	return nil
}

// mourning is how long the end of a gateway's process may take to be seen after the end of its connections. The kernel closes those first, within milliseconds.
const mourning = time.Second

// died reports whether the gateway's process ended with the answer.
func (t *trial) died(o Observation) bool {
	if o.Answered() || o.Late() {
		return t.bench.Gateway.Dead() != ""
	}
	return t.ends()
}

// ends reports whether the gateway's process ends now.
func (t *trial) ends() bool {
	select {
	case <-t.bench.Gateway.Exited():
		return true
	case <-time.After(mourning):
		return false
	}
}

// ask sends the probe and returns when it is sent, so that the gateway is busy with it when others come; of a load, when its clients have set out.
func (t *trial) ask(ctx context.Context, p Probe) (answers <-chan []Observation) {
	if load := t.experiment.Fault.Load; load != nil {
		return t.bench.crowd(ctx, p, load)
	}
	answer, sent := make(chan []Observation, 1), make(chan struct{})
	p.Sent = func() { close(sent) }
	go func() { answer <- []Observation{t.bench.Probe(ctx, p)} }()
	<-sent
	return answer
}

// limit returns how long the gateway's setting lets a client wait when the phase goes wrong.
func (t *trial) limit(p Phase) time.Duration {
	within := t.bench.Definition.Settings[t.bench.Setting].Within
	return map[Phase]time.Duration{
		AtOnce: within.AtOnce, Resolving: within.Resolve, Connecting: within.Connect, Responding: within.Response,
	}[p]
}

// longest and shortest return the extremes of the gateway's time limits.
func (t *trial) longest() time.Duration {
	return max(t.limit(AtOnce), t.limit(Resolving), t.limit(Connecting), t.limit(Responding))
}

func (t *trial) shortest() time.Duration {
	return min(t.limit(Resolving), t.limit(Connecting), t.limit(Responding))
}
