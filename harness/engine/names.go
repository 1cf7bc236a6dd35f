package engine

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

const (
	// warming is how many requests are sent before a name breaks, so that each process of a gateway has looked it up;
	// calmAfter is how many of them in a row must come without a query for the gateway to be one that keeps addresses.
	warming   = 16
	calmAfter = 4
)

// Names is a site whose gateway may keep the addresses of names: each of its processes for itself, and for a time that
// is the user's to say.
type Names interface {
	// NamesKept is how long the gateway keeps an address by its configuration, zero where that says nothing; ok is false
	// of a gateway whose configuration is the harness's.
	NamesKept() (kept time.Duration, ok bool)
	// LookedUp reports whether the upstream's name was asked for between the times.
	LookedUp(since, until time.Time) bool
}

// names are the site's, where the experiment is about a name that the gateway may keep.
func (t *run) names() (Names, bool) {
	n, may := t.site.(Names)
	if !may || t.experiment.Fault == nil || t.experiment.Fault.Route != site.RouteNamed {
		return nil, false
	}
	_, ok := n.NamesKept()
	return n, ok
}

// ofCache reports whether the fault is none for a gateway that keeps addresses.
func (t *run) ofCache() bool {
	c := t.experiment.Fault.Control
	return c != nil && c.Accepts(http.StatusOK)
}

// warmNames lets the gateway's processes look the name up, and notes whether the gateway keeps the address.
func (t *run) warmNames(ctx context.Context) {
	n, ok := t.names()
	if !ok || !t.ofCache() {
		return
	}
	calm := 0
	for range warming {
		o := t.site.Probe(ctx, site.Probe{Route: t.experiment.Route(), Within: site.Patience})
		if calm++; n.LookedUp(o.Began, o.Done) || !o.Steady {
			calm = 0
		}
	}
	t.keeps = calm >= calmAfter
}

// outlasts is how long every address is over at the latest that the gateway has kept since before the fault.
func (t *run) outlasts() time.Duration {
	resolves := t.caveats().Resolves()
	if n, ok := t.names(); ok && !t.ofCache() {
		kept, _ := n.NamesKept()
		resolves = max(resolves, kept)
	}
	return resolves + cacheTick
}

// untold is why the answer says nothing of the fault; "" if it does.
func (t *run) untold(o record.Observation) string {
	n, ok := t.names()
	if !ok {
		return ""
	}
	asked := n.LookedUp(o.Began, o.Done)
	switch {
	case !t.ofCache() && o.Steady && !asked:
		return fmt.Sprintf("the gateway still had the upstream's address %s after its name broke, and did not look it up; "+
			"if it keeps addresses for longer, say so under names-kept in its file", t.outlasts())
	case t.ofCache() && !o.Steady && asked && t.keeps:
		return "one of the gateway's processes looked the name up for the first time when the nameserver was gone"
	}
	return ""
}

// allUntold is the error of an experiment of which no answer tells anything; of one of which some do not, the record
// says so.
func (t *run) allUntold() error {
	told, why := 0, ""
	for _, o := range t.record.Observations {
		switch {
		case o.Role != record.Probed:
		case o.Untold == "":
			told++
		case why == "":
			why = o.Untold
			t.record.Unchecked = append(t.record.Unchecked, "what "+o.Probe+" gets: "+o.Untold)
		}
	}
	if told == 0 && why != "" {
		return site.Inapplicable(why)
	}
	return nil
}
