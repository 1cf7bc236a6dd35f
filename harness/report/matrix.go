package report

import (
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// row is one experiment in every column.
type row struct {
	id, name, want string
	cause          cause.Cause
	cells          map[column]verdict.Verdict
}

// rows sorts the verdicts into rows, by cause and then in their own order.
func (r Run) rows() []*row {
	byCause, byID := map[cause.Cause][]*row{}, map[string]*row{}
	for _, v := range r.tried() {
		if byID[v.ID] == nil {
			byID[v.ID] = &row{id: v.ID, cause: v.Cause, want: want(v.Expected), cells: map[column]verdict.Verdict{}}
			byCause[v.Cause] = append(byCause[v.Cause], byID[v.ID])
		}
		byID[v.ID].cells[columnOf(v)] = v
	}
	all := []*row{}
	for _, c := range cause.All() {
		for i, next := range byCause[c] {
			next.name = next.id
			// Other states stand below what they are states of.
			if at := strings.IndexAny(next.id, "+@~"); at > 0 && i > 0 && strings.HasPrefix(byCause[c][i-1].id, next.id[:at]) {
				next.name = "  " + next.id[at:at+1] + " " + next.id[at+1:]
			}
			all = append(all, next)
		}
	}
	return all
}

// want puts an expectation into a cell: "502", "502/cut".
func want(expected string) string {
	codes, _, _ := strings.Cut(expected, " by ")
	if strings.HasSuffix(expected, "cut") {
		codes += "/cut"
	}
	return strings.ReplaceAll(codes, " or ", "/")
}

// cell puts a verdict into a cell: what a client saw, and the mark.
func (l Look) cell(v verdict.Verdict) string {
	k := kindOf(v)
	s := marks[k]
	if w := Word(v); w != "" {
		s = w + " " + s
	}
	return l.paint(k, s)
}

// Word is what a client saw, in a word, as the matrix has it; empty when there is nothing to say.
func Word(v verdict.Verdict) string {
	o := telling(v)
	switch {
	case v.Mixed():
		return mixed
	case o == nil || kindOf(v) == unsupported:
		return ""
	}
	return seen(*o)
}

// mixed is the word for an experiment that did not always come out the same.
const mixed = "mixed"

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

// words are the short ones for ends that are no status; said explains them in the legend.
var (
	words = map[client.End]string{client.TimedOut: "hung", client.Truncated: "cut", client.Malformed: "junk"}
	said  = []struct{ word, text string }{
		{mixed, "not always the same"}, {"hung", "no whole answer in time"}, {"cut", "the answer visibly breaks off"}, {"junk", "bytes that are no HTTP answer"},
	}
)

// matrix renders experiments × gateways, as many tables below each other as the width asks for.
func (l Look) matrix(r Run, cell func(verdict.Verdict) string) string {
	rows, columns, tables := r.rows(), r.columns(), []string{}
	for len(columns) > 0 {
		n := l.fit(rows, columns, cell)
		tables = append(tables, l.table(rows, columns[:n], cell))
		columns = columns[n:]
	}
	return strings.Join(tables, "\n")
}

// fit returns how many of the columns a line can hold; at least one.
func (l Look) fit(rows []*row, columns []column, cell func(verdict.Verdict) string) int {
	n := len(columns)
	for l.Width > 0 && n > 1 && text.LongestLineLen(l.table(rows, columns[:n], cell)) > l.Width {
		n--
	}
	return n
}

func (l Look) table(rows []*row, columns []column, cell func(verdict.Verdict) string) string {
	t := table.NewWriter()
	t.SetStyle(plain)
	t.SuppressTrailingSpaces()
	// Versions have a line of their own: columns stay narrow.
	head := table.Row{"", "\n\nwant"}
	for _, c := range columns {
		head = append(head, Safe(c.gateway)+"\n"+Safe(c.version)+"\n"+Safe(c.setting))
	}
	t.AppendHeader(head)
	cause := cause.Cause("")
	for _, next := range rows {
		if next.cause != cause {
			cause = next.cause
			t.AppendRow(table.Row{l.bold(string(cause))})
		}
		cells := table.Row{"  " + Safe(next.name), Safe(next.want)}
		for _, c := range columns {
			if v, ok := next.cells[c]; ok {
				cells = append(cells, cell(v))
			} else {
				cells = append(cells, l.paint(unsupported, notRun))
			}
		}
		t.AppendRow(cells)
	}
	return t.Render() + "\n"
}

// plain is a table without borders: two spaces between columns, a rule below the head.
var plain = table.Style{
	Name: "plain",
	Box:  table.BoxStyle{MiddleHorizontal: "─", MiddleSeparator: "─", PaddingRight: "  "},
	Options: table.Options{
		SeparateHeader: true,
	},
}

// legend explains the marks and the words that occur.
func (l Look) legend(r Run) string {
	there, spoken, parts := map[kind]bool{}, map[string]bool{}, []string{}
	for _, v := range r.Verdicts {
		there[kindOf(v)] = true
		spoken[Word(v)] = true
	}
	for _, m := range meanings {
		if there[m.kind] {
			parts = append(parts, l.paint(m.kind, marks[m.kind])+" "+m.text)
		}
	}
	if len(r.Verdicts) < len(r.rows())*len(r.columns()) {
		parts = append(parts, notRun+" not run")
	}
	for _, s := range said {
		if spoken[s.word] {
			parts = append(parts, s.word+": "+s.text)
		}
	}
	return strings.Join(parts, "   ") + "\n"
}
