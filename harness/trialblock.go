package harness

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
)

// probeBlock sends what must get through first, then every request that must be refused, then the others that must get through.
func (t *trial) probeBlock(ctx context.Context) {
	b := t.experiment.Block
	// Long enough for any other answer, so that what comes in place of a refusal is seen. Where no answer is to come, there is no use in waiting for it.
	if t.within = t.longest() + Slack; len(b.Expected().Statuses) == 0 {
		t.within = t.shortest()
	}
	first := t.letIn(ctx, b.First)
	for _, ask := range b.Refused {
		for _, method := range ask.methods() {
			t.refuse(ctx, Probe{Ask: ask, Method: method, Within: t.within})
		}
	}
	t.verdict.Observations = append(t.verdict.Observations, append(first, t.letIn(ctx, b.LetIn)...)...) // What a report shows first is the refusal.
	t.seeBystander(t.bench.Probe(ctx, Probe{Route: RouteBystander, Within: patience}))
}

// letIn sends requests that must get through, and returns what came of them.
func (t *trial) letIn(ctx context.Context, asks []Ask) (seen []Observation) {
	for _, ask := range asks {
		o := t.bench.Probe(ctx, Probe{Ask: ask, Within: patience})
		seen = append(seen, o)
		served, refused := t.experiment.Block.served(), t.experiment.Block.Expected()
		ok, want := served.Accepts(o.Status) && o.By == served.By && o.Answered(), served.String()
		if t.experiment.Fault != nil {
			ok, want = !refused.Accepts(o.Status) && o.Status != http.StatusForbidden, "anything but a refusal"
		}
		t.check(Check{Name: CheckLetIn, OK: ok, Of: o.Probe, Got: o.String(), Want: want})
	}
	return seen
}

// What prompt is: a refusal needs nobody, so it comes in less than a tenth of the shortest time limit. That leaves 100 ms where the limit is 1 s, which a loaded
// machine can take for nothing; so the time that a healthy answer took at the same moment does not count, and who was slow is asked again. A machine is not
// slow in one of two requests three times in a row; a gateway that waits for something is. Nobody is asked again who took the whole limit.
const (
	promptShare = 10
	promptTries = 3
)

// refuse sends a request that must be refused.
func (t *trial) refuse(ctx context.Context, p Probe) {
	want := t.experiment.Block.Expected()
	o, slow := t.measure(ctx, p)
	t.see(o, want)
	if !o.Answered() || !want.Accepts(o.Status) {
		return // It is no refusal to be prompt about.
	}
	bound := t.shortest() / promptShare
	for try := 1; try < promptTries && slow > bound && slow < t.shortest(); try++ {
		var again Observation
		again, slow = t.measure(ctx, p)
		t.verdict.Observations = append(t.verdict.Observations, again)
	}
	t.check(Check{
		Name: CheckPrompt, OK: slow <= bound, Of: o.Probe,
		Got:  slow.Round(time.Millisecond).String() + " more than a healthy answer took beside it",
		Want: fmt.Sprintf("%s at most: it waits for nobody", bound),
	})
}

// measure sends a probe beside one to the bystander, and returns how much longer it took.
func (t *trial) measure(ctx context.Context, p Probe) (o Observation, slow time.Duration) {
	bystander := make(chan Observation, 1)
	go func() { bystander <- t.bench.Probe(ctx, Probe{Route: RouteBystander, Within: patience}) }()
	o = t.bench.Probe(ctx, p)
	return o, time.Duration((o.Took - (<-bystander).Took) * float64(time.Millisecond))
}

// theBlock is the one that every gateway must hold beside every fault: it needs no address, so that portable worlds can try it too.
const theBlock = "user-agent-deny"

// blocks reports whether the gateway claims to hold theBlock. One that is known not to is told so once, and not in every row.
func (t *trial) blocks() bool {
	d := t.bench.Definition
	_, cannot := d.Cannot[theBlock]
	return !cannot && !slices.ContainsFunc(d.Deviations, func(known gateway.Deviation) bool {
		return slices.Contains(known.Experiments, theBlock) && slices.Contains(known.Settings, t.bench.Setting)
	})
}

// besideBlocked sends, beside the GET through a broken world, one by a client that is blocked. The returned function waits for its answer.
func (t *trial) besideBlocked(ctx context.Context, method string) (wait func()) {
	if method != t.experiment.Fault.Route.methods()[0] || !t.blocks() {
		return func() {}
	}
	answer := make(chan Observation, 1)
	ask := Ask{As: "beside it, as a client that is blocked", Agent: Crawler}
	go func() {
		answer <- t.bench.Probe(ctx, Probe{Route: t.experiment.Fault.Route, Ask: ask, Within: patience})
	}()
	return func() {
		o := <-answer
		t.blocked = &o
		t.verdict.Observations = append(t.verdict.Observations, o)
	}
}

// holdBlock checks that the client that was blocked got its 403 from the gateway alone.
func (t *trial) holdBlock() {
	if t.blocked == nil {
		return
	}
	o, hits := *t.blocked, t.bench.HitsOf(t.blocked.Nonce)
	got := o.String()
	if hits > 0 {
		got += fmt.Sprintf(", and %d requests at the upstream", hits)
	}
	t.check(Check{
		Name: CheckBlockHolds, OK: refusal.Accepts(o.Status) && o.By == refusal.By && o.Answered() && hits == 0, Of: o.Probe,
		Got: got, Want: refusal.String() + ", and nothing at the upstream",
	})
}
