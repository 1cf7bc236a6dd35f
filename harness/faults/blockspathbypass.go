package faults

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"
)

// PathBypass refuses a path however it is written.
var PathBypass = catalog.RegisterBlock(catalog.Block{
	ID:    "path-bypass",
	Title: "a forbidden path that is written in another way",
	What: "The gateway forbids /secret. Escapes, empty segments and dot segments make other spellings of the same " +
		"path (RFC 3986, section 6.2.2), which an upstream undoes after the gateway has looked. Other case and a " +
		"parameter after ; do so too at some upstreams (file systems that ignore case, servlet containers), and " +
		"the gateway cannot know which it has behind it. All of them are a 403, and another path that is written " +
		"as oddly is served.",
	Refused: append([]site.Ask{{As: "/secret", Path: "/secret"}},
		written("/%73ecret", "//secret", "/./secret", "/x/../secret", "/SECRET", "/secret;param")...),
	LetIn: written("/x/../orders"),
})

// written asks for paths as they are written. The method has no say in how a path is read, so one is enough.
func written(paths ...string) []site.Ask {
	asks := []site.Ask{}
	for _, p := range paths {
		asks = append(asks, site.Ask{As: p, Method: http.MethodGet, Path: p})
	}
	return asks
}
