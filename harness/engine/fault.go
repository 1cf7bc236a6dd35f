package engine

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// probeFault sends each method through the broken world, with the bystander at its side. A gateway that died of one
// is not asked for the next.
func (t *run) probeFault(ctx context.Context) error {
	f := t.experiment.Fault
	t.within = t.patience()
	for _, method := range t.site.MethodsOf(f.Route) {
		if err := t.rearm(ctx); err != nil {
			return err
		}
		t.groups++
		answers, err := t.ask(ctx, site.Probe{Route: f.Route, Method: method, Within: t.within})
		if err != nil {
			return err
		}
		blocked := t.besideBlocked(ctx, method)
		bystander := t.askBystander(ctx)
		all := <-answers
		t.limits.excuse(method, all)
		if err := t.tooMany(ctx, all); err != nil {
			return err
		}
		for _, o := range all {
			o.Group = t.groups
			t.note(t.afterRule(ctx, o), record.Probed)
		}
		blocked()
		if t.site.HasBystander() {
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

// tooMany is not nil when the gateway says that somebody of ours asks too often: of an upstream that says nothing. The
// error wraps errors.ErrUnsupported.
func (t *run) tooMany(ctx context.Context, all []record.Observation) error {
	for _, o := range all {
		if o.Status != http.StatusTooManyRequests || o.By != record.ByGateway {
			continue
		}
		if rule := t.denied(ctx, o); rule != "" && !t.site.Healthy(t.experiment.Fault.Route, o) {
			return site.Inapplicable(rule)
		}
	}
	return nil
}

// afterRule is the observation without what became of its connection, if the next request on that was refused, as it
// seems, by a rule of the gateway's own that its log names: its answer is then no other request's.
func (t *run) afterRule(ctx context.Context, o record.Observation) record.Observation {
	if strings.HasSuffix(o.After, record.NotItsOwn) {
		if rule := t.denied(ctx, o); rule != "" {
			t.uncheck(rule)
			o.After = record.ConnectionUntried
		}
	}
	return o
}

// patience is how long a client of the fault waits.
func (t *run) patience() time.Duration {
	return max(t.limit(t.experiment.Fault.Phase)+record.Slack, t.experiment.AtLeast)
}

// note keeps what a client saw, and in which part.
func (t *run) note(o record.Observation, as record.Role) {
	if o.Role = as; as == record.Probed {
		o.Untold = t.untold(o)
	}
	if (as == record.Probed || as == record.ToRefuse) && o.By == record.ByGateway &&
		o.Status >= http.StatusBadRequest {
		o.Tells = t.instruments().Tells(o)
	}
	t.record.Observations = append(t.record.Observations, o)
}

// exitGrace is how long the end of a gateway's process may take to be seen after the end of its connections. The
// kernel closes those first, within milliseconds.
const exitGrace = time.Second

// killed reports whether the gateway's process ended with the answer.
func (t *run) killed(o record.Observation) bool {
	if o.Answered() || o.Late() {
		return t.site.Process().Dead() != ""
	}
	return t.ends()
}

// ends reports whether the gateway's process ends now.
func (t *run) ends() bool {
	select {
	case <-t.site.Process().Exited():
		return true
	case <-time.After(exitGrace):
		return false
	}
}

// ask sends the probe and returns when it is sent, so that the gateway is busy with it when others come; of a load,
// when its clients have set out.
func (t *run) ask(ctx context.Context, p site.Probe) (answers <-chan []record.Observation, err error) {
	if load := t.load(); load != nil {
		c, err := t.clients()
		if err != nil {
			return nil, err
		}
		return c.Burst(ctx, p, load), nil
	}
	answer, sent := make(chan []record.Observation, 1), make(chan struct{})
	p.Sent = func() { close(sent) }
	go func() { answer <- []record.Observation{t.site.Probe(ctx, p)} }()
	<-sent
	return answer, nil
}

// terms are those of the experiment on this gateway.
func (t *run) terms() record.Terms {
	f := t.experiment.Fault
	return t.site.Terms(t.record.Terms, f != nil && f.Late)
}

// limit returns how long the gateway's setting lets a client wait when the phase goes wrong.
func (t *run) limit(p catalog.Phase) time.Duration {
	l := t.record.Terms.Limits
	within := map[catalog.Phase]float64{
		catalog.AtOnce: l.AtOnce, catalog.Resolving: l.Resolve, catalog.Connecting: l.Connect, catalog.Responding: l.Respond,
	}[p]
	return time.Duration(within * float64(time.Millisecond))
}

func (t *run) longest() time.Duration { return t.record.Terms.Limits.Longest() }

func (t *run) shortest() time.Duration { return t.record.Terms.Limits.Shortest() }
