package markdown

import (
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestMarkdown(t *testing.T) {
	r := reporttest.Sample()
	r.Catalogue.Findings = map[string]string{"nginx": "\nIt was tried.\n"}
	reporttest.Golden(t, "matrix.md", []byte(Matrix(r)))
}

func TestRemediesMarkdownIsEscaped(t *testing.T) {
	r := reporttest.Tried()
	r.Verdicts[0].Remedies[0].Reason, r.Verdicts[0].Remedies[0].Saw = reporttest.Hostile, reporttest.Hostile
	if strings.Contains(Matrix(r), "<b>") {
		t.Error("got the markup of a gateway in Markdown, want it escaped")
	}
}

func TestLogsTable(t *testing.T) {
	if got, want := logsTable(reporttest.Told()), "| connection_refused | 2 of 2 |"; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant %q in it", got, want)
	}
}

func TestSummaryOfAims(t *testing.T) {
	reporttest.Golden(t, "aims.md", []byte(Summary(reporttest.Aimed())))
}

func TestRemediesMarkdown(t *testing.T) {
	r := report.ReadLogs(reporttest.Tried())
	r.Verdicts = append(
		r.Verdicts,
		verdict.Verdict{
			Record: record.Record{ID: "waf-rule", Gateway: "nginx", Setting: "stock"},
			Result: verdict.Unsupported,
			Reason: "no rule engine",
		},
		verdict.Verdict{
			Record: record.Record{ID: "frozen", Gateway: "nginx", Setting: "stock"},
			Reason: "mender: confirm frozen: it is not",
		},
	)
	got := Matrix(r)
	for _, want := range []string{
		"| refresh | causes | helps 1, no 11, n/a 0 |",
		"| refresh | blocks | helps 0, no 0, n/a 1 |",
		"| `refused` | 502 by gateway | helps | helps |",
		"| **block** |", "| `ip-deny` | 200 by upstream | n/a | n/a |",
		"- refresh, helps (1): served, with nothing repaired: refused\n",
		"- refresh, n/a (1): the client saw no failure: 200 by upstream: ip-deny\n",
		"| connection_refused | 2 |",
		"## Not possible\n\n- no rule engine: waf-rule\n",
		"## Nobody can tell\n\n- mender: confirm frozen: it is not: frozen\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
	if confused := confusion(
		reporttest.Tried(),
		reporttest.Tried().Columns()[0],
	).RenderCSV(); !strings.Contains(
		confused,
		"connection_timeout,,1,,1",
	) {
		t.Errorf(
			"got\n%s\nwant a connection_timeout that the log calls http_response_timeout, and one that it says nothing of",
			confused,
		)
	}
}

func TestSummaryOfAimsIsBounded(t *testing.T) {
	r := reporttest.Aimed()
	for i := range r.Verdicts {
		r.Verdicts[i].Log = []string{strings.Repeat("error `|<", 20000)}
		r.Verdicts[i].Evidence = strings.Repeat("x", 1<<20)
	}
	if n := len(Summary(r)); n > summaryBytes {
		t.Errorf("got %d bytes, want %d at most", n, summaryBytes)
	}
}
