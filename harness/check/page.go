package check

import (
	"net/http"

	"github.com/gatequake/gatequake/harness/record"
)

// pages lists the answers that are error pages of the gateway's own; what another writes on a page is his to answer
// for.
func pages(r record.Record) []record.Observation {
	all := []record.Observation{}
	for _, o := range with(r, record.Probed, record.ToRefuse) {
		if o.By == record.ByGateway && o.PageBy == "" && o.Status >= http.StatusBadRequest {
			all = append(all, o)
		}
	}
	return all
}
