package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/gatequake/gatequake/harness/gateway"
)

// Judge holds a verdict against the gateway's known deviations: a fail that is listed, and happened just as listed, is known; one that happened otherwise, or
// not at all, is a fail that says so.
func (v Verdict) Judge(d *gateway.Definition) Verdict {
	known, err := v.Listed(d)
	switch {
	case err != nil:
		v.Result, v.Reason = Inconclusive, err.Error()
	case known == nil || v.Result == Unsupported || v.Result == Inconclusive:
	case v.Result == Fail && (v.Observed == known.Observed || slices.Contains(known.Also, v.Observed)) && slices.Equal(v.Broken(), known.Breaks):
		v.Deviation, v.Link = known.Reason, known.Link
	case v.Policy != Document().Name: // The lists were made under the default policy; another may accept what is on them.
	case v.Result == Pass && slices.Contains(known.Also, string(Pass)): // As listed, too.
	case v.Result == Pass:
		v.Result = Fail
		v.Reason = fmt.Sprintf("known deviation is gone: got %s, want %s as listed in %s/gateway.yaml; remove it from the list", v.Observed, known.Observed, d.Name)
	default:
		v.Reason = fmt.Sprintf("known deviation changed: got %s (%v), want %s (%v) as listed in %s/gateway.yaml: %s",
			v.Observed, v.Broken(), known.Observed, known.Breaks, d.Name, v.Reason)
	}
	return v
}

// Listed returns the entry of the gateway's list that is about the verdict's experiment, version and setting, or nil. An entry for an experiment holds in
// the other states of the gateway and over the other protocols too, unless they have entries of their own; not of a pool, which promises something else.
func (v Verdict) Listed(d *gateway.Definition) (*gateway.Deviation, error) {
	base, other := v.ID, false
	if at := strings.IndexAny(v.ID, "@~"); at > 0 && !strings.HasSuffix(v.ID, "@"+string(Balanced)) {
		base, other = v.ID[:at], true
	}
	entry, err := v.listed(d, v.ID)
	if entry == nil && err == nil && other {
		return v.listed(d, base)
	}
	return entry, err
}

func (v Verdict) listed(d *gateway.Definition, id string) (*gateway.Deviation, error) {
	for i := range d.Deviations {
		entry := &d.Deviations[i]
		if !slices.Contains(entry.Experiments, id) || !slices.Contains(entry.Settings, v.Setting) {
			continue
		}
		if entry.Versions == "" {
			return entry, nil
		}
		within, err := semver.NewConstraint(entry.Versions)
		if err != nil {
			return nil, fmt.Errorf("read deviations of %s: versions %q: %w", d.Name, entry.Versions, err)
		}
		version, err := semver.NewVersion(v.Version)
		if err != nil {
			return nil, fmt.Errorf("compare version of %s: %q: %w", d.Name, v.Version, err)
		}
		if within.Check(version) {
			return entry, nil
		}
	}
	return nil, nil
}
