package harness

import (
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
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

// Ask is a request as one kind of client makes it.
type Ask struct {
	// As says who asks for what, for reports.
	As string
	// From tells which of the plan's addresses the client has.
	From Client
	// Method is the request's method; empty means GET and, of a request that must be refused, POST too.
	Method string
	// Path is the request's path as it is sent; empty means /.
	Path string
	// Header holds further fields. Optional.
	Header []client.Field
	// Agent is the User-Agent; empty means a browser's.
	Agent Agent
	// Claims, if not zero, is an address that the client claims to speak for, in X-Forwarded-For and Forwarded.
	Claims Client

	own *gateway.Probe // of a gateway of the user's own: all the rest
}

// Client names a client address of the plan.
type Client int

// The clients.
const (
	// Anyone may use the gateway.
	Anyone Client = iota
	// Banned has the one denied address; Neighbour the address next to it, which is not denied.
	Banned
	Neighbour
	// InBannedNet has an address inside the denied prefix; BesideNet the last one before it.
	InBannedNet
	BesideNet
	// Banned6 has the one denied IPv6 address; Neighbour6 the address next to it.
	Banned6
	Neighbour6
	// AtHome is a person; BehindVPN is the same person, who comes out of one of the denied exits of a VPN.
	AtHome
	BehindVPN
)

// Agent names a User-Agent.
type Agent int

// The agents.
const (
	// Browser is an ordinary browser.
	Browser Agent = iota
	// Crawler is the one that the gateway refuses.
	Crawler
	// Spammer is one that gets no answer at all.
	Spammer
	// OtherBrowser is as ordinary as Browser, and another.
	OtherBrowser
	// SearchEngine is a crawler that everybody wants to come.
	SearchEngine
)

// String returns the User-Agent that the agent sends.
func (a Agent) String() string {
	switch a {
	case Crawler:
		return crawlerAgent
	case Spammer:
		return spammerAgent
	case OtherBrowser:
		return otherAgent
	case SearchEngine:
		return searchAgent
	}
	return browserAgent
}

// methods are those that the request is tried with when it must be refused.
func (a Ask) methods() []string {
	if a.Method != "" {
		return []string{a.Method}
	}
	return methods
}
