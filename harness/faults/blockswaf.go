package faults

import (
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"
)

// WAFRule refuses what reads like an attack.
var WAFRule = catalog.RegisterBlock(catalog.Block{
	ID:    "waf-rule",
	Title: "a request that a firewall rule takes for an injection",
	What: "A rule engine in the gateway (a web application firewall) reads the parameters of a request and refuses " +
		"what looks like SQL. It is a 403 before any upstream hears of it. A name with an apostrophe in it is " +
		"served: a rule that refuses every odd character blocks customers.",
	Refused: []site.Ask{{As: "/orders?id=… with SQL in it", Path: "/orders?id=1%27%20OR%20%271%27=%271"}},
	LetIn:   []site.Ask{{As: "/orders?name=O'Brien", Path: "/orders?name=O%27Brien"}},
})
