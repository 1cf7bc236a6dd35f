package harness

import "github.com/gatequake/gatequake/harness/world"

// Block is a refusal by the gateway's own configuration: always a 403, with the upstream never asked, whatever the upstream's state.
type Block struct {
	// ID is stable, in kebab case, as in the catalogue.
	ID string
	// Title completes the sentence "the answer is a 403 for …".
	Title string
	// What explains it in a paragraph.
	What string
	// Needs is what the world must be able to do.
	Needs []world.Need
	// Refused are requests that must get the 403.
	Refused []Ask
	// LetIn are requests as like those as can be that must get through, so that a gateway that refuses everybody is found out.
	LetIn []Ask
}

// Ask is a request as one kind of client makes it.
type Ask struct {
	// As says who asks for what, for reports.
	As string
	// From tells which of the plan's addresses the client has.
	From Client
	// Path is the request's path; empty means /.
	Path string
	// Agent is the User-Agent; empty means a browser's.
	Agent Agent
	// Claims, if not zero, is an address that the client claims to speak for, in X-Forwarded-For and Forwarded.
	Claims Client
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
)

// Agent names a User-Agent.
type Agent int

// The agents.
const (
	// Browser is an ordinary browser.
	Browser Agent = iota
	// Crawler is the one that the gateway refuses.
	Crawler
)

// String returns the User-Agent that the agent sends.
func (a Agent) String() string {
	if a == Crawler {
		return crawlerAgent
	}
	return browserAgent
}
