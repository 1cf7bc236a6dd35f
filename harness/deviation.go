package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/gatequake/gatequake/harness/gateway"
)

// Chance is what the gateway's folder says of an experiment that does not always come out the same there.
type Chance struct {
	// Outcomes are all that it can come to, with how often each was counted.
	Outcomes []gateway.Outcome `json:"outcomes"`
	// Reason says what decides.
	Reason string `json:"reason"`
}

// String is "70 × 503 by gateway, 30 × 200 by upstream, cut", the most frequent first.
func (c Chance) String() string {
	all := slices.Clone(c.Outcomes)
	slices.SortStableFunc(all, func(a, b gateway.Outcome) int { return b.Times - a.Times })
	parts := make([]string, len(all))
	for i, o := range all {
		parts[i] = fmt.Sprintf("%d × %s", o.Times, o.Observed)
	}
	return strings.Join(parts, ", ")
}

// Judge holds a verdict against the gateway's known deviations: a fail that is listed, and happened just as listed, is
// known; one that happened otherwise, or not at all, is a fail that says so. A verdict of which the list says that it
// comes by chance has that with it, whether it passed or not.
func (v Verdict) Judge(d *gateway.Definition) Verdict {
	known, err := v.Listed(d)
	switch {
	case err != nil:
		v.Result, v.Reason = Inconclusive, err.Error()
	case known == nil || v.Result == Unsupported || v.Result == Inconclusive:
	case v.happened(known):
		if v.Result == Fail {
			v.Deviation, v.Link = known.Reason, known.Link
		}
		if len(known.Chance) > 0 {
			v.Chance = &Chance{Outcomes: known.Chance, Reason: known.Reason}
		}
	case v.Policy != Document().Name: // The lists were made under the default policy; another may accept what is on them.
	case v.Result == Pass:
		v.Result = Fail
		v.Reason = fmt.Sprintf("known deviation is gone: got %s, want %s as listed in %s/gateway.yaml; remove it from the list",
			v.Observed, outcomes(known), d.Name)
	default:
		v.Reason = fmt.Sprintf("known deviation changed: got %s (%v), want %s as listed in %s/gateway.yaml: %s",
			v.Observed, v.Broken(), outcomes(known), d.Name, v.Reason)
	}
	return v
}

// outcomes says what the entry lists.
func outcomes(known *gateway.Deviation) string {
	parts := []string{}
	for _, o := range known.Outcomes() {
		parts = append(parts, fmt.Sprintf("%s (%v)", o.Observed, o.Breaks))
	}
	return strings.Join(parts, " or ")
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
	return slices.ContainsFunc(known.Outcomes(), func(o gateway.Outcome) bool {
		seen := v.Observed == o.Observed || v.Result == Pass && o.Observed == gateway.Passes
		return seen && slices.Equal(v.Broken(), o.Breaks)
	})
}
