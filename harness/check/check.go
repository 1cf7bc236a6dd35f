// Package check has the promises that a gateway is held to. One file is one promise: what it says, what its breach does
// to people, which experiments it is for, and how a record is held against it. Each has a mutant that it catches.
package check

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/strain"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Check is a promise.
type Check struct {
	// ID is stable, in kebab case.
	ID string
	// Promise says what the gateway is held to.
	Promise string
	// Harm is what a breach does, unless the outcome has another harm.
	Harm Harm
	// Order is the place among the checks at which a verdict's reason is looked for: a gateway that is dead breaks
	// others too.
	Order int
	// For tells which experiments the promise is one of, by their terms; nil for all.
	For func(record.Terms) bool
	// Bears is how late the machine may be before a breach says nothing of the gateway; nil for what is so however
	// late it is: a process that ended, a request that came twice, a page that names an address.
	Bears func(record.Limits) time.Duration
	// Judge is what Hold does, but that it leaves the names of the outcomes empty. It looks at nothing but the record.
	Judge func(record.Record, policy.Policy) []verdict.Check
}

var registry = map[string]*Check{}

// register makes a check known and returns it. It panics when the ID is taken, or when what every check must have is
// missing.
func register(c Check) *Check {
	whole := c.ID != "" && c.Promise != "" && c.Harm != "" && c.Order > 0 && c.Judge != nil
	if !whole || registry[c.ID] != nil {
		panic(fmt.Sprintf("check: %q is registered without all that it must have, or twice", c.ID))
	}
	registry[c.ID] = &c
	return &c
}

// All lists the checks in the order in which a verdict's reason is looked for.
func All() []*Check {
	all := []*Check{}
	for _, c := range registry {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *Check) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Names lists the IDs in the order of All.
func Names() []string {
	names := []string{}
	for _, c := range All() {
		names = append(names, c.ID)
	}
	return names
}

// Find returns the check with the ID, or nil.
func Find(id string) *Check { return registry[id] }

// Hold holds the record of an experiment that came to its end against the promise, under the policy: once for each
// probe that it is about.
func (c *Check) Hold(r record.Record, p policy.Policy) []verdict.Check {
	all := c.Judge(r, p)
	for i := range all {
		all[i].Name = c.ID
		if all[i].Broken() {
			all[i].Harm = cmp.Or(all[i].Harm, string(c.Harm))
		}
	}
	return all
}

// does returns the outcome with the harm that a breach is, where that is another than the check's own.
func does(c verdict.Check, h Harm) verdict.Check {
	if c.Broken() {
		c.Harm = string(h)
	}
	return c
}

// outcome is that of a check for one probe; empty stands for the experiment as a whole.
func outcome(of string, ok bool, got, want string) verdict.Check {
	if ok {
		return verdict.Check{OK: true, Of: of}
	}
	return verdict.Check{Of: of, Got: got, Want: want}
}

// Bearable is how late the machine may let a world run before what a client was answered may be the machine's doing and
// not the gateway's. A second is the shortest time limit that any known gateway is set to (within, in
// fixtures/gateways): an upstream that is later than that is one that is silent. With sixty-four worlds on two
// processors that nobody else used, no world was later than 650 ms.
const Bearable = time.Second

// anAnswer is how late the machine may be for a check that looks at what a client was answered.
func anAnswer(l record.Limits) time.Duration { return max(min(Bearable, l.Shortest()), strain.Tick) }

// over is how late the machine may be before a time over a policy's bound says nothing of the gateway: as much as it
// was over. The policy gives no slack.
func over(by time.Duration) float64 { return record.MS(min(max(by, strain.Tick), record.Slack)) }

func ofBlock(t record.Terms) bool { return t.Refusal != nil }

func ofFault(t record.Terms) bool { return t.Refusal == nil }

// with lists the observations that have one of the roles.
func with(r record.Record, roles ...record.Role) []record.Observation {
	all := []record.Observation{}
	for _, o := range r.Observations {
		if slices.Contains(roles, o.Role) {
			all = append(all, o)
		}
	}
	return all
}
