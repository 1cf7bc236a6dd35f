package harness

import (
	"github.com/gatequake/gatequake/harness/world"
)

// Block is a refusal by the gateway's own configuration: a 403, or what Control says, with the upstream never asked, whatever the upstream's state.
type Block struct {
	// ID is stable, in kebab case, as in the catalogue.
	ID string
	// Title completes the sentence "the answer is a 403 for …", or that of the Control.
	Title string
	// What explains it in a paragraph.
	What string
	// Needs is what the world must be able to do.
	Needs []world.Need
	// Control, if not nil, marks a refusal that is no 403: what must come in its place.
	Control *Expectation
	// First are requests that get through, before the others: what they use up is what the others are refused for. Optional.
	First []Ask
	// Refused are requests that must be refused.
	Refused []Ask
	// LetIn are requests as like those as can be that must get through, so that a gateway that refuses everybody is found out.
	LetIn []Ask
	// ServedBy is who answers those that get through; the zero value is the upstream.
	ServedBy Author
}

// Expected returns what a client that is refused should see: a 403 that the gateway wrote, or the control's own answer.
func (b *Block) Expected() Expectation {
	if b.Control != nil {
		return *b.Control
	}
	return refusal
}

// served is what those that get through should see while the upstream is healthy.
func (b *Block) served() Expectation {
	if b.ServedBy != ByNobody {
		return Expectation{Statuses: service.Statuses, By: b.ServedBy}
	}
	return service
}
