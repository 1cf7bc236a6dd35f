// Package alerts tells which alert rules of Prometheus fire on what was scraped.
//
//	Meter ──scrape──> samples ──PromQL──> active? ──for──> firing
//
// Rules are read and expressions are evaluated by Prometheus' own packages. Its package rules, which would wait for
// the time of a rule, too, needs every kind of service discovery that Prometheus has; waiting takes six lines.
package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/rulefmt"
)

// rule is an alert rule.
type rule struct {
	name, expr string
	wait       time.Duration
}

// read reads the alert rules of a file as Prometheus does.
func read(file string) ([]rule, error) {
	groups, errs := rulefmt.ParseFile(file, false)
	if len(errs) > 0 {
		return nil, fmt.Errorf("read rules: %w", errors.Join(errs...))
	}
	all := []rule{}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			if r.Alert.Value != "" {
				all = append(all, rule{r.Alert.Value, r.Expr.Value, time.Duration(r.For)})
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("read rules: %s: got no alert, want at least one", file)
	}
	return all, nil
}

// evaluate looks at each rule at a moment of the samples' time, and notes which have become active, which fire, and
// which are over.
func (w *Watch) evaluate(ctx context.Context, at time.Time) error {
	for _, r := range w.rules {
		q, err := w.engine.NewInstantQuery(ctx, w.samples, nil, r.expr, at)
		if err != nil {
			return fmt.Errorf("evaluate %s: %w", r.name, err)
		}
		result := q.Exec(ctx)
		found, err := result.Vector()
		if err != nil {
			return fmt.Errorf("evaluate %s: %w", r.name, err)
		}
		if warned := result.Warnings.AsErrors(); len(warned) > 0 {
			return fmt.Errorf("evaluate %s: %w", r.name, errors.Join(warned...))
		}
		w.judge(r, at, len(found) > 0)
		q.Close()
	}
	return nil
}

// judge draws the conclusion from whether a rule's expression found anything: it fires once that was so for as long
// as the rule waits.
func (w *Watch) judge(r rule, at time.Time, active bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !active {
		delete(w.since, r.name)
		return
	}
	if w.since[r.name].IsZero() {
		w.since[r.name] = at
	}
	if at.Sub(w.since[r.name]) >= r.wait && !slices.Contains(w.fired, r.name) {
		w.fired = append(w.fired, r.name)
	}
}
