package policy

import (
	"slices"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
)

// TestPrecedence tries every policy that says, or does not say, each of three things at each of four levels: what a
// level says wins over what the levels behind it say, each thing by itself.
func TestPrecedence(t *testing.T) {
	const levels, things = 4, 3 // experiment, error type, cause, default; status, within, recovery
	r := record.Record{
		Cause: cause.DNS, ErrorType: proxystatus.DNSError, Terms: record.Terms{Base: "odd"},
	}
	for says := range 1 << (levels * things) {
		rules := make([]Rule, levels)
		for level := range levels {
			bits := says >> (level * things)
			if bits&1 != 0 {
				rules[level].Statuses = []int{500 + level}
			}
			if bits&2 != 0 {
				rules[level].Within = time.Duration(level+1) * time.Second
			}
			if bits&4 != 0 {
				rules[level].Recovery = time.Duration(level+1) * time.Minute
			}
		}
		p := Policy{
			Name:    "odd",
			Default: rules[3],
			Causes:  map[cause.Cause]Rule{cause.DNS: rules[2], cause.Bug: {Statuses: []int{418}}},
			Errors: map[proxystatus.ErrorType]Rule{
				proxystatus.DNSError:   rules[1],
				proxystatus.DNSTimeout: {Statuses: []int{418}},
			},
			Experiments: map[string]Rule{"odd": rules[0], "even": {Statuses: []int{418}}},
		}
		got, want := p.Expect(r), Rule{}
		for _, rule := range slices.Backward(rules) { // The nearest last, so that it wins.
			if rule.Statuses != nil {
				want.Statuses = rule.Statuses
			}
			if rule.Within != 0 {
				want.Within = rule.Within
			}
			if rule.Recovery != 0 {
				want.Recovery = rule.Recovery
			}
		}
		if !slices.Equal(got.Statuses, want.Statuses) || got.Within != want.Within || got.Recovery != want.Recovery {
			t.Fatalf("%b: got %+v, want %+v of %+v", says, got, want, rules)
		}
	}
}
