package clientnet

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Fault is one way in which the way from a client to a site can be broken. It is a kind of its own beside
// catalog.Fault, which breaks what is behind the gateway: no gateway has a part in this one, so there is nothing
// that a policy or a known deviation could say of it. One file is one fault, or one family of one mechanism, and
// registers it.
type Fault struct {
	// ID is stable, in kebab case.
	ID string
	// Title completes the sentence "the client sees no answer of the site's when …".
	Title string
	// Sees is what the client sees; Reaches is whether its request gets to the site all the same.
	Sees    ClientSees
	Reaches bool
	// EndedBy lists the IDs of the remedies that end it; every other does not help.
	EndedBy []string
	// MinRequestBytes is how much a request must carry to meet the fault, in bytes; smaller ones do not.
	MinRequestBytes int
	// What explains it in a paragraph; Made and Confirmed tell how it is made and how it is proved without a browser.
	What, Made, Confirmed string
	// Inject breaks the network, whose browser has been to the site before.
	Inject func(context.Context, *Network) (*Injection, error)
}

// ClientSees is what a client sees behind a fault on its own side.
type ClientSees string

// What clients see.
const (
	// NoStatus: no HTTP answer at all, from nobody.
	NoStatus ClientSees = "no HTTP status"
	// Served: the site's answer, sooner or later. What sees it is no fault, and keeps the others honest.
	Served ClientSees = "the site's own answer"
	// Another: an answer that a device on the way wrote.
	Another ClientSees = "somebody else's answer"
)

// Injection is a fault that holds.
type Injection struct {
	// Undo takes the fault back. It is idempotent.
	Undo func(context.Context) error
	// Confirm proves without the browser that the network is broken as claimed, and returns the evidence.
	Confirm func(context.Context) (evidence string, err error)
}

// faults holds the faults by ID. Only package variables of the files that declare them write to it.
var faults = map[string]*Fault{}

// register makes a fault known and returns it. It panics when the ID is taken, or when what every fault must have
// is missing.
func register(f Fault) *Fault {
	if f.ID == "" || f.Title == "" || f.Sees == "" || f.What == "" || f.Made == "" || f.Confirmed == "" ||
		f.Inject == nil {
		panic(fmt.Sprintf("clientnet: %q is registered without all that it must have", f.ID))
	}
	if faults[f.ID] != nil {
		panic(fmt.Sprintf("clientnet: the ID %q is taken", f.ID))
	}
	faults[f.ID] = &f
	return &f
}

// Faults lists the faults by ID, those that are none last.
func Faults() []*Fault {
	all := []*Fault{}
	for _, f := range faults {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *Fault) int {
		if (a.Sees == Served) != (b.Sees == Served) {
			return map[bool]int{true: 1, false: -1}[a.Sees == Served]
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}
