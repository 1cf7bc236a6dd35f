package report

import (
	"strconv"
	"strings"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Row is one experiment in every column.
type Row struct {
	ID, Name, Want string
	Cause          cause.Cause
	Cells          map[Column]verdict.Verdict
}

// Rows sorts the verdicts into rows, by cause and then in their own order.
func (r Run) Rows() []*Row {
	byCause, byID := map[cause.Cause][]*Row{}, map[string]*Row{}
	for _, v := range r.inMatrix() {
		if byID[v.ID] == nil {
			byID[v.ID] = &Row{ID: v.ID, Cause: v.Cause, Want: Want(v.Expected), Cells: map[Column]verdict.Verdict{}}
			byCause[v.Cause] = append(byCause[v.Cause], byID[v.ID])
		}
		byID[v.ID].Cells[ColumnOf(v)] = v
	}
	all := []*Row{}
	for _, c := range cause.All() {
		for i, next := range byCause[c] {
			next.Name = next.ID
			// Other states stand below what they are states of.
			if at := strings.IndexAny(
				next.ID,
				"+@~",
			); at > 0 && i > 0 &&
				strings.HasPrefix(byCause[c][i-1].ID, next.ID[:at]) {
				next.Name = "  " + next.ID[at:at+1] + " " + next.ID[at+1:]
			}
			all = append(all, next)
		}
	}
	return all
}

// Want puts an expectation into a cell: "502", "502/cut".
func Want(expected string) string {
	codes, _, _ := strings.Cut(expected, " by ")
	if strings.HasSuffix(expected, "cut") {
		codes += "/cut"
	}
	return strings.ReplaceAll(codes, " or ", "/")
}

// Word is what a client saw, in a word, as the matrix has it; empty when there is nothing to say.
func Word(v verdict.Verdict) string {
	o := Telling(v)
	switch {
	case v.Flaky():
		return Flaky
	case o == nil || KindOf(v) == Unsupported:
		return ""
	}
	return seen(*o)
}

// Flaky is the word for an experiment that did not always come out the same.
const Flaky = "mixed"

// seen puts an observation into a word.
func seen(o record.Observation) string {
	switch {
	case words[o.End] != "":
		return words[o.End]
	case o.Status == 0:
		return Safe(string(o.End))
	}
	return strconv.Itoa(o.Status)
}

// words are the short ones for ends that are no status; terms explains them.
var words = map[client.End]string{client.TimedOut: "hung", client.Truncated: "cut", client.Malformed: "junk"}

// Term is a word of the matrix, and what it means.
type Term struct{ Word, Meaning string }

// Terms are the words that stand in a matrix in place of a status.
func Terms() []Term {
	return []Term{
		{Flaky, "not always the same"},
		{"hung", "no whole answer in time"},
		{"cut", "the answer visibly breaks off"},
		{"junk", "bytes that are no HTTP answer"},
	}
}

// CellText is what a cell of the matrix holds: what a client saw, and the mark.
func CellText(v verdict.Verdict) string {
	s := KindOf(v).Mark()
	if w := Word(v); w != "" {
		s = w + " " + s
	}
	return s
}

// Paint colours text of a kind, or leaves it as it is, as plainly does.
type Paint func(k Kind, s string) string

// Plainly paints nothing.
func Plainly(_ Kind, s string) string { return s }

// Legend explains the marks and the words that occur.
func (r Run) Legend(paint Paint) string {
	there, spoken, parts := map[Kind]bool{}, map[string]bool{}, []string{}
	for _, v := range r.Verdicts {
		there[KindOf(v)] = true
		spoken[Word(v)] = true
	}
	for _, k := range Kinds() {
		if there[k] {
			parts = append(parts, paint(k, k.Mark())+" "+k.Meaning())
		}
	}
	if len(r.Verdicts) < len(r.Rows())*len(r.Columns()) {
		parts = append(parts, NotRun+" not run")
	}
	for _, t := range Terms() {
		if spoken[t.Word] {
			parts = append(parts, t.Word+": "+t.Meaning)
		}
	}
	return strings.Join(parts, "   ") + "\n"
}

// NotRun marks a cell without a verdict.
const NotRun = "·"
