package faults

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"
)

// MethodPermission refuses a method to everybody.
var MethodPermission = catalog.RegisterBlock(catalog.Block{
	ID:    "method-permission",
	Title: "a method that the gateway's policy forbids",
	What: "The gateway lets nobody delete anything, whatever the upstream would say. That is a 403, a refusal by " +
		"policy; a 405 would say that the resource knows no such method, which a gateway cannot know. The same " +
		"path is served to other methods.",
	Refused: []site.Ask{{As: "/orders", Method: http.MethodDelete, Path: "/orders"}},
	LetIn:   []site.Ask{{As: "/orders", Path: "/orders"}, {As: "/orders", Method: http.MethodPut, Path: "/orders"}},
})
