package faults

import (
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// IPDeny refuses one address.
var IPDeny = catalog.RegisterBlock(catalog.Block{
	ID:    "ip-deny",
	Title: "a client whose address is denied",
	What: "The gateway's access list names one client address. That client gets a 403 and the upstream never hears " +
		"of it; the address next to it is served.",
	Needs:   []world.Need{world.SourceAddress},
	Refused: []site.Ask{{As: "from the denied address", From: site.DeniedIP}},
	LetIn:   []site.Ask{{As: "from the address next to it", From: site.Neighbour}},
})

// CIDRDeny refuses a range of addresses.
var CIDRDeny = catalog.RegisterBlock(catalog.Block{
	ID:    "cidr-deny",
	Title: "a client whose network is denied",
	What: "The gateway's access list names a prefix. A client inside it gets a 403; the last address before it is " +
		"served.",
	Needs:   []world.Need{world.SourceAddress},
	Refused: []site.Ask{{As: "from inside the denied prefix", From: site.InDeniedCIDR}},
	LetIn:   []site.Ask{{As: "from just outside it", From: site.OutsideDeniedCIDR}},
})

// SpoofedForwardedFor refuses by where a client is, not by where it says it is.
var SpoofedForwardedFor = catalog.RegisterBlock(catalog.Block{
	ID:    "spoofed-forwarded-for",
	Title: "a denied client that claims to be another",
	What: "X-Forwarded-For, X-Real-IP and Forwarded are what a client says. A denied client that claims an allowed " +
		"address still gets its 403, and an allowed one that claims a denied address is served: the gateway was " +
		"not told to trust anybody in front of it.",
	Needs:   []world.Need{world.SourceAddress},
	Refused: []site.Ask{{As: "from the denied address, claiming another", From: site.DeniedIP, Claims: site.Neighbour}},
	LetIn: []site.Ask{{
		As: "from an allowed address, claiming the denied one", From: site.Neighbour,
		Claims: site.DeniedIP,
	}},
})

// UserAgentDeny refuses a crawler by its name.
var UserAgentDeny = catalog.RegisterBlock(catalog.Block{
	ID:      "user-agent-deny",
	Title:   "a crawler that is denied by its name",
	What:    "The gateway refuses a User-Agent. The crawler gets a 403 from an address at which a browser is served.",
	Refused: []site.Ask{{As: "as the denied crawler", Agent: site.Crawler}},
	LetIn:   []site.Ask{{As: "as a browser"}},
})

// PathPermission refuses a path to everybody.
var PathPermission = catalog.RegisterBlock(catalog.Block{
	ID:      "path-permission",
	Title:   "a path that nobody may have",
	What:    "The gateway forbids a part of its URL space. It is a 403 for everybody, and the rest is served.",
	Refused: []site.Ask{{As: "/admin", Path: "/admin"}, {As: "/admin/users", Path: "/admin/users"}},
	LetIn:   []site.Ask{{As: "/orders", Path: "/orders"}},
})
