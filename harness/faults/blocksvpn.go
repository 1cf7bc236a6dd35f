package faults

import (
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// VPNRange refuses the exits of a VPN.
var VPNRange = catalog.RegisterBlock(catalog.Block{
	ID:    "vpn-range",
	Title: "a person who comes through a VPN whose exits are denied",
	What: "The gateway's access list names the range that a VPN's exits are in. A person gets a 403 with the VPN " +
		"on, and is served with it off, by the same gateway, with the same cookie and the same browser: it is the " +
		"address that is refused, and not the person.",
	Needs: []world.Need{world.SourceAddress},
	Refused: []site.Ask{{
		As: "as a person with the VPN on", From: site.BehindVPN,
		Header: []client.Field{site.AllowedUser},
	}},
	LetIn: []site.Ask{{
		As: "as the same person with the VPN off", From: site.AtHome,
		Header: []client.Field{site.AllowedUser},
	}},
})
