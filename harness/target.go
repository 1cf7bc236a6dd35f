package harness

import "github.com/gatequake/gatequake/harness/gateway"

// Target is what a verdict on a gateway of the user's own is about: a probe, and one of the upstreams that it touches.
type Target struct {
	Probe string `json:"probe"`
	URL   string `json:"url"`
	// Upstream is its name, and At where the gateway finds it.
	Upstream string `json:"upstream"`
	At       string `json:"at"`
}

// TargetOf returns what the setting of a gateway of the user's own stands for; nil for other gateways.
func TargetOf(d *gateway.Definition, setting string) *Target {
	if d.Own == nil {
		return nil
	}
	t, err := d.Own.Target(setting)
	if err != nil {
		return nil
	}
	return &Target{Probe: t.Probe.Name, URL: t.Probe.URL, Upstream: t.Upstream.Name, At: t.Upstream.Where()}
}

// Advise returns the verdict of a fail with the gateway's hint for it: the one for a promise that was broken, or else the one for the fault's error type.
func (v Verdict) Advise(d *gateway.Definition) Verdict {
	if v.Result != Fail {
		return v
	}
	for _, key := range append(v.Broken(), string(v.ErrorType)) {
		if hint, ok := d.Hints[key]; ok {
			v.Hint, v.HintLink = hint.Says, hint.Link
			return v
		}
	}
	return v
}
