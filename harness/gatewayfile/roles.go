package gatewayfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/gateway"
)

// checkRoles checks what the upstreams of the i-th probe are to it.
func (f *ownFile) checkRoles(i int, p gateway.Probe) error {
	for _, name := range slices.Sorted(maps.Keys(p.Roles)) {
		if !slices.Contains(p.Upstreams, name) {
			return f.fault(
				where("probes", i, "roles", name),
				fmt.Sprintf("%q, which is no upstream of the probe", name),
				"one of its upstreams: "+strings.Join(p.Upstreams, ", "),
			)
		}
		if role := p.Roles[name]; !slices.Contains(gateway.Roles(), role) {
			known := []string{}
			for _, r := range gateway.Roles() {
				known = append(known, string(r))
			}
			return f.fault(where("probes", i, "roles", name), fmt.Sprintf("%q", role), "one of "+strings.Join(known, ", "))
		}
	}
	return nil
}
