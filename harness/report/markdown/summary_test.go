package markdown

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestSummary(t *testing.T) {
	reporttest.Golden(t, "summary.md", []byte(Summary(reporttest.Sample())))
	if got := Summary(report.Run{}); strings.Contains(got, "|") {
		t.Errorf("got a table in %q, want none when nothing is red", got)
	}
	if got := SummaryOfChanges(nil); strings.Contains(got, "|") || !strings.Contains(got, "0 worse") {
		t.Errorf("got %q, want the sums alone when nothing changed", got)
	}
}

// lively is text that would be more than text in Markdown: a link, an image, a call, HTML, the end of code, of a cell
// and of a row.
const lively = "[a](http://b) ![c](http://d) http://e @f #1 <g h=i> ` `` | *j* \n| k |\\| l"

// broken is a run with n red cells, each for a reason of its own.
func broken(n int, reason string) report.Run {
	r := report.Run{}
	for i := range n {
		r.Verdicts = append(r.Verdicts, verdict.Verdict{
			Record: record.Record{
				ID:      fmt.Sprintf("%d%s", i, reason),
				Gateway: reason,
				Version: reason,
				Setting: reason,
				Replay:  reason,
			},
			Reason:   fmt.Sprintf("%c%c%s", 'a'+i/26%26, 'a'+i%26, reason),
			Observed: reason,
		})
	}
	return r
}

func TestSummaryIsNothingButCode(t *testing.T) {
	for _, doc := range []string{
		Summary(broken(3, lively)), SummaryOfChanges(report.Diff(report.Run{}, broken(3, lively))),
	} {
		source, code := []byte(doc), 0
		tree := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
		_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if raw, ok := n.(*ast.RawHTML); ok && string(raw.Segments.Value(source)) == "<br>" {
				return ast.WalkContinue, nil // Our own.
			}
			switch n.Kind() {
			case ast.KindLink, ast.KindImage, ast.KindAutoLink, ast.KindRawHTML, ast.KindHTMLBlock, ast.KindEmphasis:
				t.Errorf("got a %s in %s, want code", n.Kind(), doc)
			case ast.KindCodeSpan:
				if entering {
					code++
				}
				return ast.WalkSkipChildren, nil
			case ast.KindText:
				if strings.Contains(string(n.(*ast.Text).Segment.Value(source)), "@f") {
					t.Errorf("got a call outside of code in %s", doc)
				}
			}
			return ast.WalkContinue, nil
		})
		if code < 9 {
			t.Errorf("got %d spans of code in %s, want three a row or more", code, doc)
		}
	}
}

func TestSummaryIsBounded(t *testing.T) {
	many := broken(600, strings.Repeat("<|`😀\x00", 5000))
	for _, doc := range []string{Summary(many), SummaryOfChanges(report.Diff(report.Run{}, many))} {
		if len(doc) > summaryBytes || !strings.HasSuffix(doc, " more.\n") {
			t.Errorf(
				"got %d bytes that end in %q, want %d at most and a count of the rest",
				len(doc),
				doc[len(doc)-50:],
				summaryBytes,
			)
		}
	}
}
