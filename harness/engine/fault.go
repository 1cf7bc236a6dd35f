package engine

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// probeFault sends each method through the broken world, with the bystander at its side. A gateway that died of one is not asked for the next.
func (t *run) probeFault(ctx context.Context) error {
	f := t.experiment.Fault
	t.within = max(t.limit(f.Phase)+check.Slack, t.experiment.AtLeast)
	for _, method := range t.bench.Kind.MethodsOf(f.Route) {
		if err := t.rearm(ctx); err != nil {
			return err
		}
		t.groups++
		answers := t.ask(ctx, site.Probe{Route: f.Route, Method: method, Within: t.within})
		blocked := t.besideBlocked(ctx, method)
		bystander := t.askBystander(ctx)
		all := <-answers
		for _, o := range all {
			o.Group = t.groups
			t.note(o, record.Probed)
		}
		blocked()
		if t.bench.Kind.HasBystander() {
			all = append(all, bystander)
		}
		if slices.ContainsFunc(all, t.killed) {
			return nil
		}
		bystander.Group = t.groups
		if err := t.seeBystander(ctx, bystander); err != nil {
			return err
		}
	}
	return nil
}

// note keeps what a client saw, and in which part.
func (t *run) note(o record.Observation, as record.Role) {
	o.Role = as
	if (as == record.Probed || as == record.ToRefuse) && o.By == record.ByGateway && o.Status >= http.StatusBadRequest {
		o.Tells = site.Leak(o, t.bench.Kind.Secrets())
	}
	t.record.Observations = append(t.record.Observations, o)
}

// mourning is how long the end of a gateway's process may take to be seen after the end of its connections. The kernel closes those first, within milliseconds.
const mourning = time.Second

// killed reports whether the gateway's process ended with the answer.
func (t *run) killed(o record.Observation) bool {
	if o.Answered() || o.Late() {
		return t.bench.Gateway.Dead() != ""
	}
	return t.ends()
}

// ends reports whether the gateway's process ends now.
func (t *run) ends() bool {
	select {
	case <-t.bench.Gateway.Exited():
		return true
	case <-time.After(mourning):
		return false
	}
}

// ask sends the probe and returns when it is sent, so that the gateway is busy with it when others come; of a load, when its clients have set out.
func (t *run) ask(ctx context.Context, p site.Probe) (answers <-chan []record.Observation) {
	if load := t.experiment.Fault.Load; load != nil {
		return t.bench.Crowd(ctx, p, load)
	}
	answer, sent := make(chan []record.Observation, 1), make(chan struct{})
	p.Sent = func() { close(sent) }
	go func() { answer <- []record.Observation{t.bench.Probe(ctx, p)} }()
	<-sent
	return answer
}

// terms are those of the experiment on this gateway.
func (t *run) terms() record.Terms {
	f := t.experiment.Fault
	return t.bench.Kind.Terms(t.record.Terms, f != nil && f.Late)
}

// limit returns how long the gateway's setting lets a client wait when the phase goes wrong.
func (t *run) limit(p catalog.Phase) time.Duration {
	within := t.bench.Definition.Settings[t.bench.Setting].Within
	return map[catalog.Phase]time.Duration{
		catalog.AtOnce: within.AtOnce, catalog.Resolving: within.Resolve, catalog.Connecting: within.Connect, catalog.Responding: within.Response,
	}[p]
}

// longest and shortest return the extremes of the gateway's time limits.
func (t *run) longest() time.Duration {
	return max(t.limit(catalog.AtOnce), t.limit(catalog.Resolving), t.limit(catalog.Connecting), t.limit(catalog.Responding))
}

func (t *run) shortest() time.Duration {
	return min(t.limit(catalog.Resolving), t.limit(catalog.Connecting), t.limit(catalog.Responding))
}
