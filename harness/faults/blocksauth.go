package faults

import (
	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/client"
)

// ExternalAuth refuses whom another service does not vouch for.
var ExternalAuth = harness.RegisterBlock(harness.Block{
	ID:    "external-auth",
	Title: "a person whom the authorisation service refuses",
	What: "The gateway asks a service about each request before it lets it pass (nginx auth_request, Envoy ext_authz). The service says 403 to one person, by the " +
		"cookie, and so does the gateway; another person is served.",
	Refused: []harness.Ask{{As: "/vouched/ as a person who may not", Path: "/vouched/", Header: []client.Field{harness.Mallory}}},
	LetIn:   []harness.Ask{{As: "/vouched/ as a person who may", Path: "/vouched/", Header: []client.Field{harness.Alice}}},
})
