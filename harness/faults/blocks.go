package faults

import (
	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/world"
)

// IPDeny refuses one address.
var IPDeny = harness.RegisterBlock(harness.Block{
	ID:      "ip-deny",
	Title:   "a client whose address is denied",
	What:    "The gateway's access list names one client address. That client gets a 403 and the upstream never hears of it; the address next to it is served.",
	Needs:   []world.Need{world.SourceAddress},
	Refused: []harness.Ask{{As: "from the denied address", From: harness.Banned}},
	LetIn:   []harness.Ask{{As: "from the address next to it", From: harness.Neighbour}},
})

// CIDRDeny refuses a range of addresses.
var CIDRDeny = harness.RegisterBlock(harness.Block{
	ID:      "cidr-deny",
	Title:   "a client whose network is denied",
	What:    "The gateway's access list names a prefix. A client inside it gets a 403; the last address before it is served.",
	Needs:   []world.Need{world.SourceAddress},
	Refused: []harness.Ask{{As: "from inside the denied prefix", From: harness.InBannedNet}},
	LetIn:   []harness.Ask{{As: "from just outside it", From: harness.BesideNet}},
})

// SpoofedForwardedFor refuses by where a client is, not by where it says it is.
var SpoofedForwardedFor = harness.RegisterBlock(harness.Block{
	ID:    "spoofed-forwarded-for",
	Title: "a denied client that claims to be another",
	What: "X-Forwarded-For, X-Real-IP and Forwarded are what a client says. A denied client that claims an allowed address still gets its 403, and an allowed " +
		"one that claims a denied address is served: the gateway was not told to trust anybody in front of it.",
	Needs:   []world.Need{world.SourceAddress},
	Refused: []harness.Ask{{As: "from the denied address, claiming another", From: harness.Banned, Claims: harness.Neighbour}},
	LetIn:   []harness.Ask{{As: "from an allowed address, claiming the denied one", From: harness.Neighbour, Claims: harness.Banned}},
})

// UserAgentDeny refuses a crawler by its name.
var UserAgentDeny = harness.RegisterBlock(harness.Block{
	ID:      "user-agent-deny",
	Title:   "a crawler that is denied by its name",
	What:    "The gateway refuses a User-Agent. The crawler gets a 403 from an address at which a browser is served.",
	Refused: []harness.Ask{{As: "as the denied crawler", Agent: harness.Crawler}},
	LetIn:   []harness.Ask{{As: "as a browser"}},
})

// PathPermission refuses a path to everybody.
var PathPermission = harness.RegisterBlock(harness.Block{
	ID:      "path-permission",
	Title:   "a path that nobody may have",
	What:    "The gateway forbids a part of its URL space. It is a 403 for everybody, and the rest is served.",
	Refused: []harness.Ask{{As: "/admin", Path: "/admin"}, {As: "/admin/users", Path: "/admin/users"}},
	LetIn:   []harness.Ask{{As: "/orders", Path: "/orders"}},
})
