package catalog

import (
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// Block is a refusal by the gateway's own configuration: a 403, or what Control says, with the upstream never asked,
// whatever the upstream's state.
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
	Control *record.Expectation
	// First are requests that get through, before the others: what they use up is what the others are refused for.
	// Optional.
	First []site.Ask
	// Refused are requests that must be refused.
	Refused []site.Ask
	// LetIn are requests as like those as can be that must get through, so that a gateway that refuses everybody is
	// found out.
	LetIn []site.Ask
	// ServedBy is who answers those that get through; the zero value is the upstream.
	ServedBy record.Author
}

// Expected returns what a client that is refused should see: a 403 that the gateway wrote, or the control's own answer.
func (b *Block) Expected() record.Expectation {
	if b.Control != nil {
		return *b.Control
	}
	return policy.Refusal
}

// Served is what those that get through should see while the upstream is healthy.
func (b *Block) Served() record.Expectation {
	if b.ServedBy != record.ByNobody {
		return record.Expectation{Statuses: policy.Service.Statuses, By: b.ServedBy}
	}
	return policy.Service
}
