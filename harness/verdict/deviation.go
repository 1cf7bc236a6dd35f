package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/proxystatus"
)

// Deviation is what a gateway is known to do in a setting where something else was promised, or where chance decides
// what is seen. A run shows it and counts it apart; it is red when the gateway keeps the promise after all, or breaks
// it in another way.
type Deviation struct {
	// Experiments are the IDs it concerns.
	Experiments []string `yaml:"experiments"`
	// Errors are the error types whose faults it concerns as well, in every state but a pool, over every protocol, and
	// also those that come into the catalogue later: where such a fault comes out as the entry says, that is known. One
	// that comes out otherwise is none of the entry's.
	Errors []proxystatus.ErrorType `yaml:"errors"`
	// Settings it concerns.
	Settings []string `yaml:"settings"`
	// Versions is the range it concerns, as in github.com/Masterminds/semver; empty means all.
	Versions string `yaml:"versions"`
	// Outcome is what is always seen. An entry has either that or Chance.
	Outcome `yaml:",inline"`
	// Chance lists what is seen where it is for chance to say (by which of two packets was faster, say), with how often
	// each was counted.
	Chance []Outcome `yaml:"chance"`
	// Reason says why, and why no configuration helps.
	Reason string `yaml:"reason"`
	// Link is the vendor's own word.
	Link string `yaml:"link"`
}

// Outcome is one thing that an experiment can come to.
type Outcome struct {
	// Observed is what is seen, as in a verdict's observed; the word pass stands for whatever breaks nothing.
	Observed string `yaml:"observed" json:"observed"`
	// Breaks names the checks that fail; none, when it is as good as what was promised.
	Breaks []string `yaml:"breaks" json:"breaks,omitempty"`
	// Times is how often it was seen when the outcomes of an entry's experiments were counted together; 0 for one that
	// was seen before that, and not then.
	Times int `yaml:"times" json:"times"`
}

// Passes is the Observed of an outcome that breaks nothing, whatever is seen.
const Passes = "pass"

// Outcomes are all that the entry knows of.
func (d *Deviation) Outcomes() []Outcome {
	if len(d.Chance) > 0 {
		return d.Chance
	}
	return []Outcome{d.Outcome}
}

// Validate returns what is wrong with the entry.
func (d *Deviation) Validate() error {
	for _, e := range d.Errors {
		if !slices.Contains(proxystatus.ErrorTypes(), e) {
			return fmt.Errorf(
				"deviation of %s: got the error type %q, want one of %v",
				strings.Join(d.Experiments, ", "),
				e,
				proxystatus.ErrorTypes(),
			)
		}
	}
	switch {
	case len(d.Chance) == 1 || len(d.Chance) > 0 && (d.Observed != "" || len(d.Breaks) > 0):
		return fmt.Errorf(
			"deviation of %s: got chance with %d outcomes, want two or more, and no observed and breaks beside it",
			strings.Join(d.Experiments, ", "),
			len(d.Chance),
		)
	case slices.ContainsFunc(d.Outcomes(), func(o Outcome) bool { return o.Observed == "" || o.Times < 0 }):
		return fmt.Errorf(
			"deviation of %s: got an outcome without observed, or a negative times",
			strings.Join(d.Experiments, ", "),
		)
	}
	return nil
}

// Chance is what the gateway's folder says of an experiment that does not always come out the same there.
type Chance struct {
	// Outcomes are all that it can come to, with how often each was counted.
	Outcomes []Outcome `json:"outcomes"`
	// Reason says what decides.
	Reason string `json:"reason"`
}

// String is "70 × 503 by gateway, 30 × 200 by upstream, cut", the most frequent first.
func (c Chance) String() string {
	all := slices.Clone(c.Outcomes)
	slices.SortStableFunc(all, func(a, b Outcome) int { return b.Times - a.Times })
	parts := make([]string, len(all))
	for i, o := range all {
		parts[i] = fmt.Sprintf("%d × %s", o.Times, o.Observed)
	}
	return strings.Join(parts, ", ")
}
