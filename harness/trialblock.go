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
func (t *trial) probeBlock(ctx context.Context) error {
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
	return t.seeBystander(ctx, t.askBystander(ctx), nil)
}

// letIn sends requests that must get through, and returns what came of them.
func (t *trial) letIn(ctx context.Context, asks []Ask) (seen []Observation) {
	for _, ask := range asks {
		o := t.bench.Probe(ctx, Probe{Ask: ask, Within: patience})
		seen = append(seen, o)
		served, refused := t.experiment.Block.served(), t.experiment.Block.Expected()
		ok, want := (served.Accepts(o.Status) || o.served) && o.By == served.By && o.Answered(), served.String()
		if t.experiment.Fault != nil {
			ok, want = !refused.Accepts(o.Status) && o.Status != http.StatusForbidden, "anything but a refusal"
		}
		t.check(Check{Name: CheckLetIn, OK: ok, Of: o.Probe, Got: o.String(), Want: want})
	}
	return seen
}

// promptShare is the share of the shortest of the gateway's time limits that a refusal may take longer than a healthy answer beside it. Who waits for somebody
// who does not answer waits for one whole limit; a machine that is busy slows both down. Measured with 24 worlds for each processor, no answer of either kind
// took more than 270 ms, with a load of 25 on two processors 630 ms.
const promptShare = 0.75

// promptly is how much longer a refusal may take than a healthy answer beside it.
func (t *trial) promptly() time.Duration { return time.Duration(promptShare * float64(t.shortest())) }

// refuse sends a request that must be refused.
func (t *trial) refuse(ctx context.Context, p Probe) {
	want := t.experiment.Block.Expected()
	bystander := make(chan Observation, 1)
	go func() { bystander <- t.askBystander(ctx) }()
	o := t.bench.Probe(ctx, p)
	slow := o.took() - (<-bystander).took()
	t.see(o, want)
	if !o.Answered() || !want.Accepts(o.Status) || t.bench.lonely() {
		return // It is no refusal to be prompt about.
	}
	bound := t.promptly()
	t.check(Check{
		Name: CheckPrompt, OK: slow <= bound, Of: o.Probe,
		Got:  slow.Round(time.Millisecond).String() + " more than a healthy answer took beside it",
		Want: fmt.Sprintf("%s at most: it waits for nobody", bound),
	})
}

// theBlock is the one that every gateway must hold beside every fault: it needs no address, so that portable worlds can try it too.
const theBlock = "user-agent-deny"

// blocks reports whether the gateway claims to hold theBlock. One that is known not to is told so once, and not in every row.
func (t *trial) blocks() bool {
	d := t.bench.Definition
	if d.Own != nil {
		return false // Its blocks are tried by themselves.
	}
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
	// To a client of gRPC PERMISSION_DENIED is what a 403 is to others.
	refused := refusal.Accepts(o.Status) || o.Status == http.StatusOK && o.GRPC == denied
	t.check(Check{
		Name: CheckBlockHolds, OK: refused && o.By == refusal.By && o.Answered() && hits == 0, Of: o.Probe,
		Got: got, Want: refusal.String() + ", and nothing at the upstream",
	})
}
