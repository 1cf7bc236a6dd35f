package engine

import (
	"context"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// probeBlock sends what must get through first, then every request that must be refused, then the others that must
// get through.
func (t *run) probeBlock(ctx context.Context) error {
	b := t.experiment.Block
	// Long enough for any other answer, so that what comes in place of a refusal is seen. Where no answer is to come,
	// there is no use in waiting for it.
	if t.within = t.longest() + record.Slack; len(b.Expected().Statuses) == 0 {
		t.within = t.shortest()
	}
	admitted := t.letIn(ctx, b.First)
	for _, ask := range b.Refused {
		for _, method := range ask.Methods() {
			t.refuse(ctx, site.Probe{Ask: ask, Method: method, Within: t.within})
		}
	}
	for _, o := range append(admitted, t.letIn(ctx, b.LetIn)...) { // What a report shows first is the refusal.
		t.note(o, record.LetIn)
	}
	return t.seeBystander(ctx, t.askBystander(ctx))
}

// letIn sends requests that must get through, and returns what came of them.
func (t *run) letIn(ctx context.Context, asks []site.Ask) (seen []record.Observation) {
	for _, ask := range asks {
		seen = append(seen, t.site.Probe(ctx, site.Probe{Ask: ask, Within: site.Patience}))
	}
	return seen
}

// refuse sends a request that must be refused, with the bystander at its side.
func (t *run) refuse(ctx context.Context, p site.Probe) {
	bystander := make(chan record.Observation, 1)
	go func() { bystander <- t.askBystander(ctx) }()
	o := t.site.Probe(ctx, p)
	o.Beside = (<-bystander).Took
	t.note(o, record.ToRefuse)
}

// theBlock is the one that every gateway must hold beside every fault: it needs no address, so that portable worlds
// can try it too.
const theBlock = "user-agent-deny"

// besideBlocked sends, beside the GET through a broken world, one by a client that is blocked. The returned function
// waits for its answer.
func (t *run) besideBlocked(ctx context.Context, method string) (wait func()) {
	if method != t.experiment.Fault.Route.Methods()[0] || !t.caveats().Holds(theBlock) {
		return func() {}
	}
	answer := make(chan record.Observation, 1)
	ask := site.Ask{As: "beside it, as a client that is blocked", Agent: site.Crawler}
	go func() {
		answer <- t.site.Probe(ctx, site.Probe{Route: t.experiment.Fault.Route, Ask: ask, Within: site.Patience})
	}()
	return func() { t.note(<-answer, record.Blocked) }
}
