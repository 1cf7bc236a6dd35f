package cli

import (
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/suggest"
)

// mostNamed is how many names a mistake lists: more of them hide the one that is meant.
const mostNamed = 30

// unknown is the mistake of a name that nothing has. It names the nearest if some are near, and all there are unless
// these are too many to read.
func unknown(what, name string, known []string) error {
	near, shown := "", []string{}
	for _, k := range known {
		if !strings.ContainsAny(k, "+@~") { // another state of one that is listed
			shown = append(shown, k)
		}
	}
	if all := suggest.Near(name, known); len(all) > 0 {
		near = " did you mean " + strings.Join(all, " or ") + "?"
	}
	if len(shown) > mostNamed {
		return usage("no %s %q;%s gatequake list shows all %d", what, name, near, len(shown))
	}
	return usage("no %s %q;%s there are: %s", what, name, near, strings.Join(shown, ", "))
}

// each checks that every name is known, and returns them without repetition.
func each(what string, names, known []string) ([]string, error) {
	all := []string{}
	for _, n := range names {
		if n = strings.TrimSpace(n); n == "" {
			return nil, usage("got an empty "+what+" name, want one of: %s", strings.Join(known, ", "))
		}
		if !slices.Contains(known, n) {
			return nil, unknown(what, n, known)
		}
		if !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all, nil
}
