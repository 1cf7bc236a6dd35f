package judge

import (
	"net/http"
	"slices"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/message"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// saidOf is what the gateway's log says, where it answered with a status that is no word of its upstream's trouble: 404
// where a file of its own is missing, 403, 429. That is a limit, a rule or a slip of its own configuration. It is the
// last such line, as that is the one about what came last; nil if there is none, or if it stood there already before
// the fault.
func saidOf(v verdict.Verdict, like *gateway.Definition) *verdict.Said {
	elsewhere := func(o record.Observation) bool {
		own := o.By == record.ByGateway && o.Role == record.Probed
		return own && o.Status > 0 && o.Status < http.StatusInternalServerError
	}
	if like == nil || !slices.ContainsFunc(v.Observations, elsewhere) {
		return nil
	}
	of := func(line string) (message.Message, bool) {
		m, ok := gateway.Message(line, like.Name)
		return m, ok && m.Side == message.Gateway && !m.Vague
	}
	for _, line := range slices.Backward(v.Log) {
		m, ok := of(line)
		if ok && !slices.ContainsFunc(v.Before, func(before string) bool {
			was, ok := of(before)
			return ok && was.Line == m.Line
		}) {
			return &verdict.Said{Line: line, Means: m.Means, Directive: m.Directive, Link: m.Link}
		}
	}
	return nil
}
