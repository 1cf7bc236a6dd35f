package report

import (
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Red reports whether the verdict turns a run red: a fail that is not known, or nobody can tell.
func Red(v verdict.Verdict) bool { return KindOf(v).Red() }

// Line sums the verdict up in one line, for a log.
func Line(v verdict.Verdict) string {
	return fmt.Sprintf("%s %s %s, %s: %s", KindOf(v).Mark(), Safe(v.Gateway), Safe(v.Setting), Safe(v.ID),
		Brief(Why(v), ShownReason))
}

// Why is the verdict's reason, with the end of the gateway's process if it ended: of all that a client sees then,
// that is the cause.
func Why(v verdict.Verdict) string {
	for _, c := range v.Checks {
		if c.Name == check.Alive.ID && !c.OK && !strings.HasPrefix(v.Reason, c.Name) {
			return fmt.Sprintf("%s; the gateway died: %s", v.Reason, c.Got)
		}
	}
	return v.Reason
}

// Key is the same for verdicts that are told as one: those of one gateway with the same reason.
func Key(v verdict.Verdict) string {
	v.Reason = v.OwnReason()
	return v.Gateway + "\x00" + sameWords(Why(v))
}
