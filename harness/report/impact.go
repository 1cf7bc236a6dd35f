package report

import (
	"slices"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/verdict"
)

// worst is how severe a fail is, its place among the checks by severity; less is worse.
func worst(v verdict.Verdict) int {
	for i, c := range check.BySeverity() {
		if slices.Contains(v.Broken(), c.ID) {
			return i
		}
	}
	return len(check.BySeverity())
}

// impactOf says what a fail is to clients, and what it is besides.
func impactOf(v verdict.Verdict) (is string, besides []string) {
	is = "promise broken"
	for i, c := range check.BySeverity() {
		switch {
		case i == worst(v):
			is = c.Harm
		case slices.Contains(v.Broken(), c.ID):
			besides = append(besides, c.Harm)
		}
	}
	return is, besides
}
