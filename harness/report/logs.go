package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Saying is what the most telling line that a gateway logged under a fault says about it, to one who has nothing else.
type Saying string

// What a line can say. It is told from the run itself: by which faults the gateway logged a line of the same steady
// words under.
const (
	// LogNames: the error type (RFC 9209) of the fault; at least telltale of the faults with this line are of that
	// type.
	LogNames Saying = "names"
	// LogMisleads: another error type, by the same measure.
	LogMisleads Saying = "misleads"
	// LogShared: one of several error types.
	LogShared Saying = "shared"
	// LogSilent: nothing; there is no line that is not also there without a fault, or with faults of all kinds.
	LogSilent Saying = "silent"
)

// The measures of a line. A line with so many error types is about something else, such as a start.
const (
	tellingShare = 0.8
	tooManyTypes = 4
	noFault      = proxystatus.ErrorType("")
	minTypes     = 5   // error types in a run, below which any line is telling
	shortLine    = 300 // bytes of a line that are shown
)

// LogLine is what a cell's log says.
type LogLine struct {
	Says Saying
	Line string
	As   proxystatus.ErrorType // that most faults with this line are of
}

// Logs tells for every cell of a fault what its log says. It compares all cells of one gateway in one setting, and
// says nothing when those are too few kinds.
func (r Run) Logs() map[Column]map[string]LogLine {
	all := map[Column]map[string]LogLine{}
	for _, c := range r.Columns() {
		cells, kinds := r.faultLogs(c), map[proxystatus.ErrorType]bool{}
		for _, cell := range cells {
			kinds[cell.of] = true
		}
		if all[c] = map[string]LogLine{}; len(kinds) < minTypes {
			continue
		}
		told := phrases(cells)
		for _, cell := range cells {
			if cell.of != noFault {
				all[c][cell.id] = cell.tell(told)
			}
		}
	}
	return all
}

// logged reports whether the verdict is on a fault that the gateway met, or a control.
func logged(v verdict.Verdict) bool {
	return v.Cause != cause.Blocked && KindOf(v) != Unsupported && KindOf(v) != Inconclusive && len(v.Pool) == 0
}

// faultLog is one experiment's log: the words of its lines that say something.
type faultLog struct {
	id    string
	of    proxystatus.ErrorType
	lines []line
}

// line is what a line says, and the line itself.
type line struct {
	words set
	text  string
}

// says returns the first line that has all words of the phrase, and no others if it is whole; its text is empty when
// there is none.
func (h faultLog) says(p phrase) string {
	for _, l := range h.lines {
		if l.words.has(p.words) && (!p.whole || l.words.size() == p.words.size()) {
			return l.text
		}
	}
	return ""
}

// phrase is what lines of several experiments have in common, and how many experiments on each error type have it.
type phrase struct {
	words set
	whole bool // nothing else is in the line: "timed out" says another thing than "timed out" in "lookup timed out"
	types map[proxystatus.ErrorType]int
}

// phrases are what the lines of each experiment, and of each two on one error type, have in common.
func phrases(cells []faultLog) []phrase {
	byType, all := map[proxystatus.ErrorType]map[string]set{}, map[string]set{}
	for _, cell := range cells {
		if byType[cell.of] == nil {
			byType[cell.of] = map[string]set{}
		}
		for _, l := range cell.lines {
			byType[cell.of][l.words.key()] = l.words
		}
	}
	for _, lines := range byType {
		for _, a := range lines {
			for _, b := range lines {
				if both := a.and(b); both.size() > 0 {
					all[both.key()] = both
				}
			}
		}
	}
	told := []phrase{}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		for _, whole := range []bool{false, true} {
			p := phrase{all[key], whole, map[proxystatus.ErrorType]int{}}
			for _, cell := range cells {
				if cell.says(p) != "" {
					p.types[cell.of]++
				}
			}
			told = append(told, p)
		}
	}
	return told
}

// tell picks the phrase that is the most telling; of several, the one that most experiments have, and of those the
// longest. What one experiment alone has is chance.
func (h faultLog) tell(told []phrase) LogLine {
	best, share, support := LogLine{Says: LogSilent}, 0.0, 0
	long := 0
	for _, p := range told {
		text := h.says(p)
		if text == "" || p.types[noFault] > 0 || len(p.types) >= tooManyTypes {
			continue
		}
		most, cells := noFault, 0
		for t, n := range p.types {
			cells += n
			if n > p.types[most] || n == p.types[most] && (t == h.of || t < most) {
				most = t
			}
		}
		s := float64(p.types[most]) / float64(cells)
		better := cmp.Or(cmp.Compare(s, share), cmp.Compare(cells, support), cmp.Compare(p.words.size(), long))
		if cells == 1 || better <= 0 {
			continue
		}
		share, support, long = s, cells, p.words.size()
		best = LogLine{Says: LogShared, Line: Clip(text, shortLine), As: most}
		if s >= tellingShare {
			best.Says = LogMisleads
			if most == h.of {
				best.Says = LogNames
			}
		}
	}
	return best
}
