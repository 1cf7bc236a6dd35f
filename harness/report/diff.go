package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/verdict"
)

// Change is what became of one cell between two runs.
type Change struct {
	Kind ChangeKind
	// Cell names it: "refused on nginx, document".
	Cell string
	// From and To are what it was and what it is: "pass: 502 by gateway".
	From, To string
	// Replay is the command that runs it again.
	Replay string
}

// ChangeKind is what kind of change it is.
type ChangeKind string

// The kinds, in the order in which Diff lists them.
const (
	// Worse: the verdict is worse, or there was none and it is red. What was tried and cannot be any more is worse
	// too: nobody knows now.
	Worse ChangeKind = "worse"
	// Better: the verdict is better.
	Better ChangeKind = "better"
	// Other: the verdict is as good or as bad, and clients see something else.
	Other ChangeKind = "other"
	// Slower: it takes more than twice as long to recover, and half a second more.
	Slower ChangeKind = "slower"
	// Appeared and Vanished: it is only in the new run, and not red, or only in the old.
	Appeared ChangeKind = "appeared"
	Vanished ChangeKind = "vanished"
)

// ChangeKinds lists the kinds.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{Worse, Better, Other, Slower, Appeared, Vanished}
}

// How much slower a recovery must be to be told. Recoveries of one gateway differ by some tens of milliseconds from
// run to run.
const (
	slowerFactor = 2
	slowerBy     = 500 * time.Millisecond
)

// Diff compares two runs cell by cell, the worst first. A cell is an experiment on a gateway in a setting; the
// gateway's version may differ.
func Diff(from, to Run) []Change {
	before, changes := map[string]verdict.Verdict{}, []Change{}
	for _, v := range from.Verdicts {
		before[name(v)] = v
	}
	for _, v := range to.Verdicts {
		was, ok := before[name(v)]
		delete(before, name(v))
		if kind := change(was, v, ok); kind != "" {
			changes = append(changes,
				Change{Kind: kind, Cell: name(v), From: short(was, ok), To: short(v, true), Replay: v.Replay})
		}
	}
	for _, v := range from.Verdicts {
		if _, left := before[name(v)]; left {
			changes = append(changes,
				Change{Kind: Vanished, Cell: name(v), From: short(v, true), To: "nothing", Replay: v.Replay})
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int {
		return slices.Index(ChangeKinds(), a.Kind) - slices.Index(ChangeKinds(), b.Kind)
	})
	return changes
}

func change(was, is verdict.Verdict, known bool) ChangeKind {
	now, then := KindOf(is), KindOf(was)
	switch {
	case !known && now.Red():
		return Worse
	case !known:
		return Appeared
	case now.WorseThan(then):
		return Worse
	case then.WorseThan(now):
		return Better
	case is.Observed != was.Observed:
		return Other
	case slower(was, is):
		return Slower
	}
	return ""
}

// slower reports whether service took longer to come back than recoveries of one gateway differ; never is longer than
// any time.
func slower(was, is verdict.Verdict) bool {
	before, waited := was.MedianRecovery()
	now, waitedNow := is.MedianRecovery()
	return waited && waitedNow && now > slowerFactor*before && now-before > float64(slowerBy.Milliseconds())
}

// name is the name of a verdict's cell.
func name(v verdict.Verdict) string { return fmt.Sprintf("%s on %s, %s", v.ID, v.Gateway, v.Setting) }

func short(v verdict.Verdict, known bool) string {
	if !known {
		return "nothing"
	}
	s := KindOf(v).String()
	if v.Observed != "" {
		s += ": " + v.Observed
	}
	if ms, waited := v.MedianRecovery(); ms == verdict.Never {
		s += " (never recovered)"
	} else if waited {
		s += fmt.Sprintf(" (recovered after %s)", time.Duration(ms*float64(time.Millisecond)).Round(time.Millisecond))
	}
	return s
}

// Changes writes the changes as a person reads them, and what there are of each kind.
func Changes(changes []Change) string {
	var b strings.Builder
	kind := ChangeKind("")
	for _, c := range changes {
		if c.Kind != kind {
			kind = c.Kind
			fmt.Fprintf(&b, "\n%s\n", kind)
		}
		fmt.Fprintf(
			&b,
			"  %s\n    was %s\n    is  %s\n",
			Safe(c.Cell),
			Brief(c.From, ShownReason),
			Brief(c.To, ShownReason),
		)
		if c.Kind == Worse {
			fmt.Fprintf(&b, "    %s\n", Safe(c.Replay))
		}
	}
	return b.String() + "\n" + ChangeSums(changes)
}

// ChangeSums counts the changes of each kind, in a line.
func ChangeSums(changes []Change) string {
	count, parts := map[ChangeKind]int{}, []string{}
	for _, c := range changes {
		count[c.Kind]++
	}
	for _, k := range ChangeKinds() {
		parts = append(parts, fmt.Sprintf("%d %s", count[k], k))
	}
	return strings.Join(parts, " · ") + "\n"
}
