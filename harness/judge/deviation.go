package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Deviate holds a verdict against the gateway's known deviations: a fail that is listed, and happened just as listed,
// is known; one that happened otherwise, or not at all, is a fail that says so. A verdict of which the list says that
// it comes by chance has that with it, whether it passed or not.
func Deviate(v verdict.Verdict, d *gateway.Definition) verdict.Verdict {
	known, err := Listed(v, d)
	switch {
	case err != nil:
		v.Result, v.Reason = verdict.Inconclusive, err.Error()
	case known == nil || v.Result == verdict.Unsupported || v.Result == verdict.Inconclusive:
	case matches(v, known):
		if v.Result == verdict.Fail {
			v.Deviation, v.Link = known.Reason, known.Link
		}
		if len(known.Chance) > 0 {
			v.Chance = &verdict.Chance{Outcomes: known.Chance, Reason: known.Reason}
		}
	// The lists were made under the default policy; another may accept what is on them.
	case v.Policy != policy.Document().Name:
	case v.Result == verdict.Pass:
		v.Result = verdict.Fail
		v.Reason = fmt.Sprintf(
			"known deviation is gone: got %s, want %s as listed in %s/gateway.yaml; remove it from the list",
			v.Observed,
			outcomes(known),
			d.Name,
		)
	default:
		v.Reason = fmt.Sprintf("known deviation changed: got %s (%v), want %s as listed in %s/gateway.yaml: %s",
			v.Observed, v.Broken(), outcomes(known), d.Name, v.Reason)
	}
	return v
}

// outcomes says what the entry lists.
func outcomes(known *verdict.Deviation) string {
	parts := []string{}
	for _, o := range known.Outcomes() {
		parts = append(parts, fmt.Sprintf("%s (%v)", o.Observed, o.Breaks))
	}
	return strings.Join(parts, " or ")
}

// balanced ends the IDs of experiments on a pool.
const balanced = "@balanced"

// Listed returns the entry of the gateway's list that is about the verdict's experiment, version and setting, or nil.
// An entry for an experiment holds in the other states of the gateway and over the other protocols too, unless they
// have entries of their own; not of a pool, which promises something else.
func Listed(v verdict.Verdict, d *gateway.Definition) (*verdict.Deviation, error) {
	base, other := v.ID, false
	if at := strings.IndexAny(v.ID, "@~"); at > 0 && !strings.HasSuffix(v.ID, balanced) {
		base, other = v.ID[:at], true
	}
	entry, err := listed(v, d, v.ID)
	if entry == nil && err == nil && other {
		entry, err = listed(v, d, base)
	}
	if entry == nil && err == nil {
		return ofFamily(v, d)
	}
	return entry, err
}

// ofFamily returns the entry about the error type of the verdict's fault that says what happened, or nil.
func ofFamily(v verdict.Verdict, d *gateway.Definition) (*verdict.Deviation, error) {
	for i := range d.Deviations {
		entry := &d.Deviations[i]
		about := slices.Contains(entry.Errors, v.ErrorType) && slices.Contains(entry.Settings, v.Setting)
		if !about || strings.HasSuffix(v.ID, balanced) || v.Cause == cause.Blocked || !matches(v, entry) {
			continue
		}
		if concerned, err := concerned(v, d, entry.Versions); err != nil || concerned {
			return entry, err
		}
	}
	return nil, nil
}

// listed returns the entry about the experiment that says what happened; where none does, the first about it, or nil.
func listed(v verdict.Verdict, d *gateway.Definition, id string) (*verdict.Deviation, error) {
	var about *verdict.Deviation
	for i := range d.Deviations {
		entry := &d.Deviations[i]
		if !slices.Contains(entry.Experiments, id) || !slices.Contains(entry.Settings, v.Setting) {
			continue
		}
		concerned, err := concerned(v, d, entry.Versions)
		switch {
		case err != nil:
			return nil, err
		case concerned && matches(v, entry):
			return entry, nil
		case concerned && about == nil:
			about = entry
		}
	}
	return about, nil
}

// concerned reports whether the verdict's version is in the range; an empty one holds all.
func concerned(v verdict.Verdict, d *gateway.Definition, versions string) (bool, error) {
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

// matches reports whether the verdict is what the entry says.
func matches(v verdict.Verdict, known *verdict.Deviation) bool {
	return slices.ContainsFunc(known.Outcomes(), func(o verdict.Outcome) bool {
		seen := v.Observed == o.Observed || v.Result == verdict.Pass && o.Observed == verdict.Passes
		return seen && slices.Equal(v.Broken(), o.Breaks)
	})
}
