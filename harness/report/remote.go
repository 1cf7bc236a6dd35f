package report

import (
	"slices"

	"github.com/gatequake/gatequake/harness/verdict"
)

// remoteWorld is the Run.World of a gateway that ran already, in no world of the harness.
const remoteWorld = "elsewhere"

// Remote reports whether the gateway ran already, so that all but what its links can break is not possible.
func (r Run) Remote() bool { return r.World == remoteWorld }

// inMatrix lists the verdicts that have a row in the matrix: all of them, but on a remote gateway only those of
// experiments that were possible with one of its probes.
func (r Run) inMatrix() []verdict.Verdict {
	if !r.Remote() {
		return r.Verdicts
	}
	return slices.DeleteFunc(slices.Clone(r.Verdicts), func(v verdict.Verdict) bool {
		return !slices.ContainsFunc(r.Verdicts,
			func(other verdict.Verdict) bool { return other.ID == v.ID && KindOf(other) != Unsupported })
	})
}

// Where says, for the middle of a sentence, what stood around the gateway.
func (r Run) Where() string {
	switch r.World {
	case "root":
		return "in sealed worlds, as root"
	case "user":
		return "in sealed worlds, as an ordinary user"
	case "portable":
		return "in portable worlds, which have no namespaces"
	case remoteWorld:
		return "with a gateway that ran already"
	}
	return "in worlds of a kind that is not known"
}
