package engine

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// askBystander asks the bystander, if there is one.
func (t *run) askBystander(ctx context.Context) (o record.Observation) {
	if t.site.HasBystander() {
		o = t.site.Probe(ctx, site.Probe{Route: site.RouteBystander, Within: site.Patience})
	}
	return o
}

// seeBystander notes the bystander's answer.
//
// Before the gateway may be said to have hurt a bystander, the bystander's own way is proved without the gateway.
// Where the fault itself has taken that away, the observation is excused, and the record says so; the error is of a
// way that is broken for no reason of the fault's, so that nobody can tell.
func (t *run) seeBystander(ctx context.Context, o record.Observation) (err error) {
	if !t.site.HasBystander() {
		return nil
	}
	if !o.Steady {
		o.Excused, err = t.excuse(ctx, o)
	}
	t.note(o, record.Bystander)
	return err
}

// excuse tells why the gateway could not have served the bystander, who got o; "" if it could. The error is of a way
// that is broken, and not by the fault's nature.
func (t *run) excuse(ctx context.Context, o record.Observation) (string, error) {
	if rule := t.denied(ctx, o); rule != "" {
		t.uncheck(rule)
		return rule, nil
	}
	broken := t.site.BystanderWay(ctx)
	switch f := t.experiment.Fault; {
	case broken == nil:
		return "", nil
	case f == nil || f.StrikesBesides() == "":
		return "", fmt.Errorf("the bystander got %s, and its own way is broken, past the gateway: %w", o, broken)
	default:
		const left = "whether the bystander is spared by %s, which strikes %s: the bystander needs that too (%s)"
		what := fmt.Sprintf(left, f.ID, f.StrikesBesides(), broken)
		t.uncheck(what)
		return what, nil
	}
}

// uncheck notes what could not be checked, once.
func (t *run) uncheck(what string) {
	if !slices.Contains(t.record.Unchecked, what) {
		t.record.Unchecked = append(t.record.Unchecked, what)
	}
}

// denied tells that the gateway has refused a client of ours by a rule of its own, such as a limit on how often one may
// ask; "" if nothing says so. It says so by the answer 429, or in its log: but not where a client is refused on purpose
// beside the others.
func (t *run) denied(ctx context.Context, o record.Observation) string {
	if o.By != record.ByGateway || o.Status < http.StatusBadRequest {
		return ""
	}
	named := ""
	if !t.caveats().Holds(theBlock) {
		t.instruments().SettleLog(ctx)
		named = limitOf(t.record.Gateway, t.site.Process().Since(t.mark), proxystatus.HTTPRequestDenied)
	}
	if named == "" && o.Status != http.StatusTooManyRequests {
		return ""
	}
	return "a rule of the gateway's own refused a client (" + o.String() + "), whatever its upstreams do" + named
}
