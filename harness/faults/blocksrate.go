package faults

import (
	"net/http"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/world"
)

// RateLimit refuses who asks too often.
var RateLimit = harness.RegisterBlock(harness.Block{
	ID:      "rate-limit",
	Title:   "a client that asks too often (control: it is told to slow down)",
	Control: &record.Expectation{Statuses: []int{http.StatusTooManyRequests}, By: record.ByGateway},
	What: "The gateway lets each client in once a minute in a part of its URL space. The first request is served; the next gets a 429, which passes by waiting, " +
		"unlike a 403. Another client is served meanwhile.",
	Needs:   []world.Need{world.SourceAddress},
	First:   []harness.Ask{{As: "/limited/, the first time", From: harness.AtHome, Path: "/limited/"}},
	Refused: []harness.Ask{{As: "/limited/, again", From: harness.AtHome, Path: "/limited/"}},
	LetIn:   []harness.Ask{{As: "/limited/, as another client", From: harness.Neighbour, Path: "/limited/"}},
})
