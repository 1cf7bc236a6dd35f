// Package sites opens the site of a gateway in a world, by its kind.
package sites

import (
	"fmt"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/site/lab"
	"github.com/gatequake/gatequake/harness/site/own"
	"github.com/gatequake/gatequake/harness/world"
)

// New sets up the bench of a gateway in a world, by its kind: a known one, or one of the user's own.
func New(w *world.World, s site.Setup) (*site.Bench, error) {
	switch s.Definition.Kind() {
	case gateway.KindKnown:
		return lab.New(w, s)
	case gateway.KindOwn:
		return own.New(w, s)
	}
	return nil, fmt.Errorf("set up %s: it runs already, and is in no world", s.Definition.Name)
}
