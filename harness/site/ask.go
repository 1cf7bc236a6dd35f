package site

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
)

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

	// Described, if not nil, is a probe that the user's file describes, which says all the rest.
	Described *gateway.Probe
}

// Client names a client address of the plan.
type Client int

// The clients.
const (
	// Anyone may use the gateway.
	Anyone Client = iota
	// DeniedIP has the one denied address; Neighbour the address next to it, which is not denied.
	DeniedIP
	Neighbour
	// InDeniedCIDR has an address inside the denied prefix; OutsideDeniedCIDR the last one before it.
	InDeniedCIDR
	OutsideDeniedCIDR
	// DeniedIPv6 has the one denied IPv6 address; Neighbour6 the address next to it.
	DeniedIPv6
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

// Methods are those that the request is tried with when it must be refused.
func (a Ask) Methods() []string {
	if a.Method != "" {
		return []string{a.Method}
	}
	return methods
}

// methods are what every experiment is probed with: a request that may be sent again, and one that may not.
var methods = []string{http.MethodGet, http.MethodPost}

// People, by the cookie that they are known by to the service that the gateway asks, and to nobody else.
var (
	// AllowedUser may pass.
	AllowedUser = client.Field{Name: "Cookie", Value: "session=alice"}
	// DeniedUser may not.
	DeniedUser = client.Field{Name: "Cookie", Value: "session=mallory"}
)
