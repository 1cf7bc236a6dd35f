package report

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/gatequake/gatequake/harness"
)

// saying is what the most telling line that a gateway logged under a fault says about it, to one who has nothing else.
type saying string

// What a line can say. It is told from the run itself: by which faults the gateway logged the same line under, but for its numbers and the route's name.
const (
	names    saying = "names"    // the error type (RFC 9209) of the fault: at least telltale of the faults with this line are of that type
	misleads saying = "misleads" // another error type, by the same measure
	shared   saying = "shared"   // one of several error types
	silent   saying = "silent"   // nothing: there is no line that is not also there without a fault, or with faults of all kinds
)

// The measures of a line. A line with so many error types is about something else, such as a start; one that came once only, in one experiment, is chance.
const (
	telltale  = 0.8
	anything  = 4
	noFault   = harness.ErrorType("")
	enough    = 5   // error types in a run, below which any line is telling
	shortLine = 300 // bytes of a line that are shown
)

// logLine is what a cell's log says.
type logLine struct {
	says saying
	line string
	as   harness.ErrorType // that most faults with this line are of
}

// lines are the words of one cell's log, each with the first line of the gateway's that has them, and how often there was one.
type lines map[string]struct {
	first string
	times int
}

// logs tells for every cell of a fault what its log says. It compares all cells of one gateway in one setting, and says nothing when those are too few kinds.
func (r Run) logs() map[column]map[string]logLine {
	all := map[column]map[string]logLine{}
	for _, c := range r.columns() {
		cells, types, kinds := map[string]lines{}, map[string]map[harness.ErrorType]int{}, map[harness.ErrorType]bool{}
		for _, v := range r.Verdicts {
			if columnOf(v) != c || !logged(v) {
				continue
			}
			cells[v.ID], kinds[v.ErrorType] = stripped(v.Log), true
			for w := range cells[v.ID] {
				if types[w] == nil {
					types[w] = map[harness.ErrorType]int{}
				}
				types[w][v.ErrorType]++
			}
		}
		if all[c] = map[string]logLine{}; len(kinds) < enough {
			continue
		}
		for _, v := range r.Verdicts {
			if cell, ok := cells[v.ID]; ok && columnOf(v) == c && v.ErrorType != noFault {
				all[c][v.ID] = cell.tell(v.ErrorType, types)
			}
		}
	}
	return all
}

// logged reports whether the verdict is on a fault that the gateway met, or a control.
func logged(v harness.Verdict) bool {
	return v.Cause != harness.Blocked && kindOf(v) != unsupported && kindOf(v) != inconclusive && len(v.Pool) == 0
}

// tell picks the line that is the most telling.
func (l lines) tell(of harness.ErrorType, types map[string]map[harness.ErrorType]int) logLine {
	best, says, share, as := "", silent, 0.0, noFault
	for w, seen := range l {
		most, cells := noFault, 0
		for t, n := range types[w] {
			cells += n
			if n > types[w][most] || n == types[w][most] && (t == of || t < most) {
				most = t
			}
		}
		s := float64(types[w][most]) / float64(cells)
		chance := seen.times == 1 && cells == 1
		if chance || types[w][noFault] > 0 || len(types[w]) >= anything || s < share || s == share && best != "" && w > best {
			continue
		}
		best, share, says, as = w, s, shared, most
		if s >= telltale {
			says = misleads
			if most == of {
				says = names
			}
		}
	}
	return logLine{says: says, line: clip(l[best].first, shortLine), as: as}
}

var (
	spans   = regexp.MustCompile(`\b([0-9]+(\.[0-9]+)?(ns|µs|us|ms|s|m|h))+\b`)
	numbers = regexp.MustCompile(`\b(0x)?[0-9a-fA-F]*[0-9][0-9a-fA-F]*\b|[0-9]+`)
	zeros   = regexp.MustCompile(`0([.:/,]+0)+`)
	dates   = regexp.MustCompile(`\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b`)
	methods = regexp.MustCompile(`\b(GET|POST)\b`)
	routes  = regexp.MustCompile(`\b(upstream|orders|secure|named|http2|h2c?|grpc|Echo|unix|socket|ws|balanced|vouched|auth)\b`)
)

// stripped takes from each line what differs from request to request, and from route to route: an operator's routes are others.
func stripped(log []string) lines {
	all := lines{}
	for _, line := range log {
		if strings.Contains(line, string(harness.RouteBystander)) {
			continue
		}
		w := routes.ReplaceAllString(methods.ReplaceAllString(line, "METHOD"), "ROUTE")
		w = strings.ReplaceAll(w, "/ROUTE/", "/")
		w = spans.ReplaceAllString(w, "0") // Which unit a gateway writes depends on the time.
		w = zeros.ReplaceAllString(numbers.ReplaceAllString(dates.ReplaceAllString(w, ""), "0"), "0")
		seen := all[w]
		if seen.times++; seen.times == 1 {
			seen.first = line
		}
		all[w] = seen
	}
	return all
}

// logsLegend explains logsTable.
const logsLegend = "Can an operator tell the error type (RFC 9209) from the gateway's most telling line alone? How many of the faults of each type are told by it: a line counts as " +
	"telling when at least four in five of the faults under which the gateway logs it, but for its numbers and the name of the route, are of that type"

// logsTable is, for one setting, how many faults of each error type each gateway's log tells; empty when there was none.
func (r Run) logsTable() string {
	t, all := table.NewWriter(), r.logs()
	head := table.Row{"error type"}
	for _, c := range r.columns() {
		head = append(head, markdown(c.gateway))
	}
	t.AppendHeader(head)
	for _, e := range append(harness.ErrorTypes(), "all") {
		row, some := table.Row{string(e)}, false
		for _, c := range r.columns() {
			named, of := 0, 0
			for _, v := range r.Verdicts {
				if l, ok := all[c][v.ID]; ok && columnOf(v) == c && (v.ErrorType == e || e == "all") {
					of++
					if l.says == names {
						named++
					}
				}
			}
			some = some || of > 0
			row = append(row, fmt.Sprintf("%d of %d", named, of))
		}
		if some {
			t.AppendRow(row)
		}
	}
	if t.Length() == 0 {
		return ""
	}
	return t.RenderMarkdown()
}
