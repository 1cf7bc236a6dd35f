package faults

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// credentials are those of harness' member, encoded as RFC 7617 says.
var credentials = client.Field{Name: "Authorization", Value: "Basic bWVtYmVyOm9wZW4tc2VzYW1l"}

// NoCredentials refuses whom it does not know yet.
var NoCredentials = catalog.RegisterBlock(catalog.Block{
	ID:      "no-credentials",
	Title:   "a client without credentials (control: it is asked for them)",
	Control: &record.Expectation{Statuses: []int{http.StatusUnauthorized}, By: record.ByGateway},
	What: "Part of the gateway's URL space is for members. Who does not say who he is gets a 401, which asks for " +
		"credentials and means: try again with them. A 403 would mean: do not try again. The member is served.",
	Refused: []site.Ask{{As: "/members/ without credentials", Path: "/members/"}},
	LetIn:   []site.Ask{{As: "/members/ with them", Path: "/members/", Header: []client.Field{credentials}}},
})
