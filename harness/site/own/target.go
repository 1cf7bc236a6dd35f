package own

import (
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
)

// TargetOf returns what the setting of a gateway of the user's own stands for; nil for other gateways.
func TargetOf(d *gateway.Definition, setting string) *record.Target {
	t, err := d.Target(setting)
	if err != nil {
		return nil
	}
	of := &record.Target{
		Probe: t.Probe.Name, URL: t.Probe.URL, Upstream: t.Upstream.Name, At: t.Upstream.Where(),
		Speaks: t.Upstream.Speaks,
	}
	if role := t.Role(); role != gateway.Serves {
		of.Role = string(role)
	}
	return of
}
