package faults

import (
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// IPv6Deny refuses one IPv6 address.
var IPv6Deny = catalog.RegisterBlock(catalog.Block{
	ID:    "ipv6-deny",
	Title: "a client whose IPv6 address is denied",
	What: "The gateway listens on IPv6 too, and its access list names one IPv6 address. That client gets a 403; " +
		"the address next to it is served. A list that knows only IPv4 lets every visitor in who has both.",
	Needs:   []world.Need{world.AnyAddress},
	Refused: []site.Ask{{As: "from the denied IPv6 address", From: site.DeniedIPv6}},
	LetIn:   []site.Ask{{As: "from the IPv6 address next to it", From: site.Neighbour6}},
})
