package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// Remedy is something that people are told to do when they see an error page. It is plain data until it is tried. One
// file holds one remedy, and registers it.
type Remedy struct {
	// ID is stable, in kebab case, as in the catalogue.
	ID string
	// Order is the place in the article's list, which is that of every table; remedies of the same place are sorted
	// by ID.
	Order int
	// Title completes the sentence "it is over when somebody …".
	Title string
	// What explains it in a paragraph: what is done, and what could be expected of it.
	What string
	// Needs is what the world must be able to do. Optional.
	Needs []world.Need
	// Plain marks the one that the others are measured against: that costs nothing, and that everybody tries first.
	Plain bool
	// Reads marks the one that consists in reading what the gateway logs of the failure: two visitors see it, and the
	// verdict's log holds what was logged of them, and nothing else.
	Reads bool
	// Try does it for a visitor who has just seen a failure that still holds, and returns what came of the visitor's
	// next request. An error that wraps errors.ErrUnsupported says that it cannot be done here, or is about something
	// else than what the visitor saw; the attempt is not applicable then.
	Try func(context.Context, *site.Session) (record.Observation, error)
	// Over is for what outlives the failure. It is called after Try when the fault is undone and the gateway serves
	// again, for the same visitor, and returns what the visitor's next request gets without the remedy, and then with
	// it. Optional.
	Over func(context.Context, *site.Session) (without, with record.Observation, err error)
}

// Remedies of which the engine or a report knows more than that they are there.
const (
	// CheckLogs is no change of anything: what it is good for stands in the gateway's log, and can be told only of
	// all faults together.
	CheckLogs = record.CheckLogs
)

// remedies holds the remedies by ID. Only package variables of the files that declare them write to it.
var remedies = map[string]*Remedy{}

// RegisterRemedy makes a remedy known and returns it. It panics when the ID is taken, or when what every remedy must
// have is missing.
func RegisterRemedy(r Remedy) *Remedy {
	if r.ID == "" || r.Title == "" || r.What == "" || r.Order == 0 || r.Try == nil {
		panic(fmt.Sprintf("harness: remedy %q is registered without all that it must have", r.ID))
	}
	if remedies[r.ID] != nil {
		panic(fmt.Sprintf("harness: the remedy %q is taken", r.ID))
	}
	remedies[r.ID] = &r
	return &r
}

// Remedies lists the registered remedies in the article's order.
func Remedies() []*Remedy {
	all := []*Remedy{}
	for _, r := range remedies {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *Remedy) int {
		if a.Order != b.Order {
			return a.Order - b.Order
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}

// Trouble lists the experiments that remedies are tried on: every fault that is no control, as it strikes a warm
// gateway, and every block.
func Trouble() []Experiment {
	all := []Experiment{}
	for _, e := range Experiments() {
		if e.ID == e.Base() && (e.Block != nil || e.Fault.Control == nil) {
			all = append(all, e)
		}
	}
	return all
}

// With returns the experiment with remedies tried in place of its probes. An ID that no remedy has is an error that
// lists the known.
func (e Experiment) With(ids []string) (Experiment, error) {
	for _, id := range ids {
		r := remedies[id]
		if r == nil {
			known := []string{}
			for _, r := range Remedies() {
				known = append(known, r.ID)
			}
			return e, fmt.Errorf("no remedy %q; there are: %s", id, strings.Join(known, ", "))
		}
		e.Remedies = append(e.Remedies, r)
	}
	return e, nil
}
