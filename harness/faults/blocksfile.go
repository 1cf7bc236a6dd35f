package faults

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// FilePermission refuses a file that the gateway itself may not read.
var FilePermission = catalog.RegisterBlock(catalog.Block{
	ID:    "file-permission",
	Title: "a static file that the gateway may not read",
	What: "The gateway serves files of its own. One of them is there, but its mode lets nobody read it, as after a " +
		"deployment by the wrong user. It is a 403 and not a 404: the file exists. The file next to it is served, " +
		"by the gateway itself.",
	Needs:    []world.Need{world.FileModes},
	Refused:  []site.Ask{{As: "/files/locked.txt", Method: http.MethodGet, Path: "/files/locked.txt"}},
	LetIn:    []site.Ask{{As: "/files/open.txt", Path: "/files/open.txt"}},
	ServedBy: record.ByGateway,
})
