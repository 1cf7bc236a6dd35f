package faults

import (
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/site"
)

// ExternalAuth refuses whom another service does not vouch for.
var ExternalAuth = catalog.RegisterBlock(catalog.Block{
	ID:    "external-auth",
	Title: "a person whom the authorisation service refuses",
	What: "The gateway asks a service about each request before it lets it pass (nginx auth_request, Envoy " +
		"ext_authz). The service says 403 to one person, by the cookie, and so does the gateway; another person is " +
		"served.",
	Refused: []site.Ask{{
		As: "/vouched/ as a person who may not", Path: "/vouched/",
		Header: []client.Field{site.DeniedUser},
	}},
	LetIn: []site.Ask{{
		As: "/vouched/ as a person who may", Path: "/vouched/",
		Header: []client.Field{site.AllowedUser},
	}},
})
