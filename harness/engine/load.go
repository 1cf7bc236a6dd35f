package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/message"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// limits is what a load came to before anything was broken: what the gateway could not serve then, it may be unable to
// serve later, whatever the fault.
type limits struct {
	// left is how many of those that are not served are held against nobody, by method and answer.
	left map[string]map[string]int
	// why says so, by method.
	why map[string]string
	// named is the limit, as the gateway's log names it; empty while it has not.
	named string
}

// load is what the waits of the fault's load are on this site; nil for a fault without one.
func (t *run) load() []time.Duration {
	f := t.experiment.Fault
	if f == nil || f.Load == nil {
		return nil
	}
	idle := time.Duration(0)
	if s, may := t.site.(interface{ IdleTimeout() time.Duration }); may {
		idle = s.IdleTimeout()
	}
	return f.Load(idle)
}

// tryUnbroken sends the load before anything is broken. Only a load that is judged is tried.
func (t *run) tryUnbroken(ctx context.Context) (err error) {
	load := t.load()
	if load == nil || t.experiment.Block != nil || len(t.experiment.Remedies) > 0 {
		return nil
	}
	f := t.experiment.Fault
	t.limits = limits{left: map[string]map[string]int{}, why: map[string]string{}}
	if means := f.Unbroken(); means != nil {
		there, err := t.site.Inject(ctx, means)
		if err != nil {
			return fmt.Errorf("inject %s: %w", f.ID, err)
		}
		defer func() { err = errors.Join(err, there.Undo(context.WithoutCancel(ctx))) }()
	}
	for _, method := range t.site.MethodsOf(f.Route) {
		mark := t.site.Process().Mark()
		answers, err := t.ask(ctx, site.Probe{Route: f.Route, Method: method, Within: t.patience()})
		if err != nil {
			return err
		}
		all := <-answers
		failed := slices.DeleteFunc(slices.Clone(all), func(o record.Observation) bool { return o.Steady })
		if len(failed) == 0 {
			continue
		}
		for _, o := range failed {
			t.note(o, record.Unbroken)
		}
		t.instruments().SettleLog(ctx)
		t.limits.named = cmp.Or(t.limits.named, limitOf(t.record.Gateway, t.site.Process().Since(mark)))
		t.limits.add(method, len(all), failed)
		if len(failed) == len(all) {
			return site.Inapplicable(t.limits.why[method])
		}
		t.record.Unchecked = append(t.record.Unchecked, t.limits.why[method])
	}
	return nil
}

// add notes what was not served of a load with the method.
func (l *limits) add(method string, all int, failed []record.Observation) {
	got, left := map[string]int{}, map[string]int{}
	for _, o := range failed {
		got[kindOf(o)]++
		left[kindOf(o)] = excused(got[kindOf(o)], all)
	}
	parts := []string{}
	for _, what := range slices.Sorted(maps.Keys(got)) {
		parts = append(parts, fmt.Sprintf("%d got %s", got[what], what))
	}
	l.left[method] = left
	l.why[method] = fmt.Sprintf("of %d clients that send %s at a time, %s before anything was broken: a limit of the "+
		"gateway's own%s", all, method, strings.Join(parts, ", "), l.named)
}

// kindOf is what a client got who was not served. How a connection ends on which nothing comes is chance.
func kindOf(o record.Observation) string {
	if o.Status == 0 {
		return "no answer"
	}
	return o.String()
}

// excused is how many clients may get the answer that the limit gave to so many of all: which of them a limit strikes
// is chance, and may be twice as many the next time, or a quarter of all more.
func excused(struck, all int) int { return 2*struck + all/4 }

// excuse excuses those who are not served and get what the limit gave before anything was broken; the surplus counts.
func (l *limits) excuse(method string, all []record.Observation) {
	for i, o := range all {
		if got := kindOf(o); !o.Steady && l.left[method][got] > 0 {
			l.left[method][got]--
			all[i].Excused = l.why[method]
		}
	}
}

// limitOf names the limit, in the words of the line of the gateway's log that tells of one; "" if none does. With
// types, it is one that such an error is reported of.
func limitOf(program string, log []string, types ...proxystatus.ErrorType) string {
	known, err := message.Read(fixtures.Gateways())
	if err != nil {
		return "" // The tests of the messages tell.
	}
	for _, line := range log {
		m, ok := known.Find(line, program)
		if ok && m.Side == message.Gateway && (len(types) == 0 || slices.Contains(types, m.Type)) {
			said := ", which its log names: " + m.Means
			if m.Directive != "" {
				said += " (" + m.Directive + ")"
			}
			return said
		}
	}
	return ""
}
