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
	case v.Result == Fail && v.happened(known):
		v.Deviation, v.Link = known.Reason, known.Link
	case v.Policy != Document().Name: // The lists were made under the default policy; another may accept what is on them.
	case v.happened(known): // It passes, as listed, too.
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

// listed returns the entry about the experiment that says what happened; where none does, the first about it, or nil.
func (v Verdict) listed(d *gateway.Definition, id string) (*gateway.Deviation, error) {
	var about *gateway.Deviation
	for i := range d.Deviations {
		entry := &d.Deviations[i]
		if !slices.Contains(entry.Experiments, id) || !slices.Contains(entry.Settings, v.Setting) {
			continue
		}
		concerned, err := v.concerned(d, entry.Versions)
		switch {
		case err != nil:
			return nil, err
		case concerned && v.happened(entry):
			return entry, nil
		case concerned && about == nil:
			about = entry
		}
	}
	return about, nil
}

// concerned reports whether the verdict's version is in the range; an empty one holds all.
func (v Verdict) concerned(d *gateway.Definition, versions string) (bool, error) {
	if versions == "" {
		return true, nil
	}
	within, err := semver.NewConstraint(versions)
	if err != nil {
		return false, fmt.Errorf("read deviations of %s: versions %q: %w", d.Name, versions, err)
	}
	version, err := semver.NewVersion(v.Version)
	if err != nil {
		return false, fmt.Errorf("compare version of %s: %q: %w", d.Name, v.Version, err)
	}
	return within.Check(version), nil
}

// happened reports whether the verdict is what the entry says.
func (v Verdict) happened(known *gateway.Deviation) bool {
	if v.Result == Pass {
		return slices.Contains(known.Also, string(Pass))
	}
	return (v.Observed == known.Observed || slices.Contains(known.Also, v.Observed)) && slices.Equal(v.Broken(), known.Breaks)
}
