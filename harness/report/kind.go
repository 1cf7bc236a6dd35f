package report

import "github.com/gatequake/gatequake/harness/verdict"

// Kind is a verdict's place in a report: its result, with known deviations apart. The zero value is Inconclusive.
type Kind int

// The kinds.
const (
	Inconclusive Kind = iota
	Pass
	Fail
	Known
	Unsupported
)

// kinds says how each kind is written.
var kinds = [...]struct {
	word, id, class, mark, meaning string
	// rank orders the kinds; those above Known's turn a run red.
	rank int
}{
	Pass:         {"pass", "pass", "pass", "✓", "as expected", 0},
	Unsupported:  {"unsupported", "unsupported", "unsupported", "–", "not possible here", 1},
	Known:        {"known deviation", "known_deviation", "known", "~", "known deviation", 2},
	Inconclusive: {"inconclusive", "inconclusive", "inconclusive", "?", "could not tell", 3},
	Fail:         {"fail", "fail", "fail", "✗", "check failed", 4},
}

// Kinds lists the kinds in the order of a legend.
func Kinds() []Kind { return []Kind{Pass, Fail, Known, Inconclusive, Unsupported} }

// KindOf returns the verdict's kind.
func KindOf(v verdict.Verdict) Kind {
	switch {
	case v.Known():
		return Known
	case v.Result == verdict.Pass:
		return Pass
	case v.Result == verdict.Fail:
		return Fail
	case v.Result == verdict.Unsupported:
		return Unsupported
	}
	return Inconclusive
}

// String is the kind in words: "known deviation".
func (k Kind) String() string { return kinds[k].word }

// ID is the kind as results.json and metrics count it: "known_deviation".
func (k Kind) ID() string { return kinds[k].id }

// Class is the kind as the HTML report's style sheet, script and links call it: "known".
func (k Kind) Class() string { return kinds[k].class }

// Mark is the character that stands for the kind in a matrix.
func (k Kind) Mark() string { return kinds[k].mark }

// Meaning explains the mark.
func (k Kind) Meaning() string { return kinds[k].meaning }

// Red reports whether a verdict of this kind turns a run red.
func (k Kind) Red() bool { return kinds[k].rank > kinds[Known].rank }

// WorseThan reports whether the kind is worse than another.
func (k Kind) WorseThan(other Kind) bool { return kinds[k].rank > kinds[other].rank }

// Of is how many of the verdicts that were counted are of the kind.
func (c Counts) Of(k Kind) int {
	return map[Kind]int{
		Pass: c.Pass, Fail: c.Fail, Known: c.Known, Inconclusive: c.Inconclusive, Unsupported: c.Unsupported,
	}[k]
}
