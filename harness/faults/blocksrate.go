package faults

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// RateLimit refuses who asks too often.
var RateLimit = catalog.RegisterBlock(catalog.Block{
	ID:      "rate-limit",
	Title:   "a client that asks too often (control: it is told to slow down)",
	Control: &record.Expectation{Statuses: []int{http.StatusTooManyRequests}, By: record.ByGateway},
	What: "The gateway lets each client in once a minute in a part of its URL space. The first request is served; " +
		"the next gets a 429, which passes by waiting, unlike a 403. Another client is served meanwhile.",
	Needs:   []world.Need{world.SourceAddress},
	First:   []site.Ask{{As: "/limited/, the first time", From: site.AtHome, Path: "/limited/"}},
	Refused: []site.Ask{{As: "/limited/, again", From: site.AtHome, Path: "/limited/"}},
	LetIn:   []site.Ask{{As: "/limited/, as another client", From: site.Neighbour, Path: "/limited/"}},
})
