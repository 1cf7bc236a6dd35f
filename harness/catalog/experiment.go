package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// Experiment is one row of the matrix: a fault, or a block in one state of its upstream.
type Experiment struct {
	// ID is the fault's or the block's; +FAULT tells what is wrong with the upstream behind a block, @STATE in which
	// state of the gateway a fault strikes, ~PROTOCOL what the clients speak.
	ID string
	// Fault is what is broken; for a block, the state of its upstream, nil for healthy.
	Fault *Fault
	// Block is the refusal that is tried; nil for a cause.
	Block *Block
	// State is what the gateway has been through when the fault strikes.
	State site.State
	// Protocol is what every client speaks.
	Protocol client.Protocol
	// Remedies, if there are any, are tried in place of the probes; see Experiment.With.
	Remedies []*Remedy
	// AtLeast is how long clients wait at least, where a policy gives the gateway more time than its own limits.
	AtLeast time.Duration
}

// blockStates are the faults under which every block is tried besides a healthy upstream: one that a gateway sees at
// once, one whose answer and one whose connection it waits for.
var blockStates = []string{"refused", "silent-after-accept", "accept-queue-full"}

// Experiments lists every experiment that the registry allows: the faults, each in every state that it is tried in,
// then each block with its upstream healthy and not.
func Experiments() []Experiment {
	ready()
	return registered()
}

// registered lists the experiments on what is registered so far.
func registered() []Experiment {
	all := []Experiment{}
	for _, f := range faults() {
		all = append(all, f.Experiment())
		for _, s := range f.Also {
			all = append(all, Experiment{ID: f.ID + "@" + string(s), Fault: f, State: s})
		}
		all = append(all, Experiment{ID: f.ID, Fault: f}.overEach()...)
	}
	for _, b := range blocks() {
		all = append(all, Experiment{ID: b.ID, Block: b})
		for _, state := range blockStates {
			if f := faultOf(state); f != nil {
				all = append(all, Experiment{ID: b.ID + "+" + state, Block: b, Fault: f})
			}
		}
		all = append(all, Experiment{ID: b.ID, Block: b}.overEach()...)
	}
	return all
}

// Find returns the experiment with the ID, or an error that lists the known.
func Find(id string) (Experiment, error) {
	// Most are found among what is registered already, without reading what was left for later.
	if e, ok := byID()[id]; ok {
		return e, nil
	}
	ready()
	if e, ok := byID()[id]; ok {
		return e, nil
	}
	known := []string{}
	for _, e := range registered() {
		known = append(known, e.ID)
	}
	return Experiment{}, fmt.Errorf("no experiment %q; there are: %s", id, strings.Join(known, ", "))
}

// byID returns the experiments on what is registered so far, which are listed anew only when more is.
func byID() map[string]Experiment {
	registry.mu.RLock()
	found, n := registry.experiments, len(registry.faults)+len(registry.blocks)
	registry.mu.RUnlock()
	if found != nil {
		return found
	}
	found = map[string]Experiment{}
	for _, e := range registered() {
		found[e.ID] = e
	}
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if n == len(registry.faults)+len(registry.blocks) { // Nothing was registered meanwhile.
		registry.experiments = found
	}
	return found
}

// Base is the ID of the fault, or of the block in whatever state of its upstream.
func (e Experiment) Base() string {
	if e.Block != nil {
		return e.Block.ID
	}
	return e.Fault.ID
}

// Cause returns the fault's cause, or Blocked.
func (e Experiment) Cause() cause.Cause {
	if e.Block != nil {
		return cause.Blocked
	}
	return e.Fault.Cause
}

// Title says what the experiment is about.
func (e Experiment) Title() string {
	switch {
	case e.Block == nil:
		return e.Fault.Title + e.State.About() + e.aboutProtocol()
	case e.Fault == nil:
		return e.Block.Title + e.aboutProtocol()
	}
	return e.Block.Title + ", when " + e.Fault.Title
}

// Needs lists what the world must be able to do.
func (e Experiment) Needs() []world.Need {
	needs := []world.Need{}
	if e.Block != nil {
		needs = append(needs, e.Block.Needs...)
	}
	if e.Fault != nil {
		needs = append(needs, e.Fault.Needs...)
	}
	slices.Sort(needs)
	return slices.Compact(needs)
}

// Record is the record of the experiment before it is made: what it says of the right answer by itself.
func (e Experiment) Record() record.Record {
	r := record.Record{
		ID:           e.ID,
		Title:        e.Title(),
		Cause:        e.Cause(),
		RecoveryMS:   -1,
		Observations: []record.Observation{},
		Log:          []string{},
	}
	t := record.Terms{Base: e.Base(), Broken: e.Fault != nil, Balanced: e.State == site.Balanced}
	if f := e.Fault; f != nil {
		t.Control, t.Tolerated, t.AfterHead = f.Control, f.Tolerated, f.AfterHead
		t.GRPC, t.Load = f.Route == site.RouteGRPC, f.Load != nil
		r.ErrorType = f.Type
	}
	if b := e.Block; b != nil {
		refused, served := b.Expected(), b.Served()
		t.Refusal, t.Admission, r.ErrorType = &refused, &served, ""
		if b.Control == nil {
			r.ErrorType = proxystatus.HTTPRequestDenied
		}
	}
	r.Terms = t
	return r
}

// Under returns the experiment as it is made to be judged under the policy, which may give the gateway more time.
func (e Experiment) Under(p policy.Policy) Experiment {
	if e.Fault != nil && e.Block == nil {
		e.AtLeast = p.Expect(e.Fault.Experiment().Record()).Within
	}
	return e
}

// Path is that of the route that the experiment looks at besides the bystander's.
func (e Experiment) Path() string { return e.Route().Path() }

// Route is the one that the experiment looks at besides the bystander's.
func (e Experiment) Route() site.Route {
	switch {
	case e.State == site.Balanced:
		return site.RouteBalanced
	case e.Fault != nil && e.Block == nil:
		return e.Fault.Route
	}
	return site.RouteMain
}

// Prepare is what changes the plan of the world before anything starts; nil for nothing.
func (e Experiment) Prepare() func(*site.Plan) {
	if e.Fault == nil {
		return nil
	}
	return e.Fault.Prepare
}
