package html

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

// read returns what the page's script has of the cells, and the links of the matrix by the place that they name.
func readPage(t *testing.T, page []byte) (cells []htmlDetail, hrefs map[string]string) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	hrefs = map[string]string{}
	for n := range root.Descendants() {
		if n.Data == "script" && attribute(n, "type") == "application/json" {
			for _, line := range strings.Split(strings.TrimSpace(n.FirstChild.Data), "\n")[1:] {
				c := htmlDetail{}
				if err := json.Unmarshal([]byte(line), &c); err != nil {
					t.Fatal(err)
				}
				cells = append(cells, c)
			}
		}
		if place := attribute(n, "data-n"); place != "" {
			hrefs[place] = attribute(n, "href") + " " + attribute(n, "class") + " " + n.FirstChild.Data
		}
	}
	return cells, hrefs
}

func TestHTMLHoldsEveryCell(t *testing.T) {
	r := reporttest.Judged(reporttest.Sample())
	cells, hrefs := readPage(t, pageOf(t, r))
	if len(cells) != len(r.Verdicts) || len(hrefs) != len(r.Verdicts) {
		t.Fatalf("got %d cells and %d links, want %d", len(cells), len(hrefs), len(r.Verdicts))
	}
	for i, v := range r.Verdicts {
		c := cells[i]
		if c.ID != v.ID || c.Gateway != v.Gateway || c.Setting != v.Setting || c.Replay != v.Replay ||
			len(c.Observations) != len(v.Observations) ||
			c.Reason != shownLines(v.Reason) {
			t.Errorf("cell %d: got %+v, want %+v", i, c, v)
		}
		if got, want := hrefs[strconv.Itoa(i)], fmt.Sprintf(
			"#cell=%s/%s/%s %s %s",
			v.Gateway,
			v.Setting,
			v.ID,
			report.KindOf(v).Class(),
			report.CellText(v),
		); got != want {
			t.Errorf("cell %d: got the link %q, want %q", i, got, want)
		}
	}
	refused := cells[slices.IndexFunc(cells, func(c htmlDetail) bool { return c.Gateway == "nginx" && c.ID == "refused" })]
	if got := fmt.Sprint(refused.Telling, refused.Kept, len(refused.Checks)); got != "1 [status] 2" {
		t.Errorf("got telling, kept, broken %s, want the POST, the status and two", got)
	}
}

func TestHTMLCites(t *testing.T) {
	fault := verdict.Verdict{Record: record.Record{Cause: cause.Network, ErrorType: proxystatus.ConnectionRefused}}
	for _, c := range []struct {
		v            verdict.Verdict
		policy, want string
	}{
		{fault, "document", "RFC 9110, section 15.6.3"},
		{fault, "rfc9209", "RFC 9209, section 2.3: connection_refused"},
		{fault, "ours", "your own policy"},
		{verdict.Verdict{Record: record.Record{Cause: cause.Network}}, "rfc9209", "a control"},
		{
			verdict.Verdict{Record: record.Record{Cause: cause.Blocked, ErrorType: proxystatus.HTTPRequestDenied}},
			"rfc9209", "RFC 9110, section 15.5.4",
		},
	} {
		if got := citing(c.v, verdict.Under{Policy: c.policy}).Source; !strings.HasPrefix(got, c.want) {
			t.Errorf("%s of %s: got %q, want %q", c.policy, c.v.ErrorType, got, c.want)
		}
	}
}

func TestHTMLCharts(t *testing.T) {
	r := reporttest.Charted(reporttest.Sample())
	got := shares(r)[0]
	if want := (share{"builtin document: refused", "#cell=builtin/document/refused", "GET /", 3, 16, 18.8, "12 × 200 by upstream, 3 × 502 by gateway, 1 × no answer: reset"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := unserved(r)[0], (share{"builtin document: reset-mid-body", "#cell=builtin/document/reset-mid-body", "GET", 4, 16, 25, "1 were served late; none after the first 5"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := repeated(r)[0]; got.N != 4 || got.Never != 1 || got.Median != "30 ms" || got.Most != "never" ||
		fmt.Sprint(got.Ticks) != "[9.5 29.5 69.5 21.6]" {
		t.Errorf("got %+v, want the four times of five that service came back", got)
	}
	never := report.Run{Verdicts: slices.Clone(r.Verdicts)}
	last := &never.Verdicts[len(never.Verdicts)-1]
	last.RecoveryMS, last.Result, last.Runs = -1, verdict.Fail, []verdict.Run{
		{RecoveryMS: -1, Result: verdict.Fail},
		{RecoveryMS: -1, Result: verdict.Fail},
	}
	if got := repeated(never)[0]; got.N != 0 || got.Never != 2 || got.Median != "never" || got.Most != "never" {
		t.Errorf("got %+v, want the one that never recovered at the head of the slowest", got)
	}
	if got := recoveries(r); len(got) != 2 || got[0].Name != "builtin 1.26.0 document" {
		t.Errorf("got %+v, want one of each gateway that was tried", got)
	}
	for ms, want := range map[float64]float64{0: 0, 1: 0, 10: 20, 1e5: 100, 1e9: 100} {
		if got := scaled(ms); got != want {
			t.Errorf("%g ms: got the place %g, want %g", ms, got, want)
		}
	}
}

func TestCellsMakeAPage(t *testing.T) {
	doc, err := report.Cells(reporttest.Sample())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := report.ReadCells(doc)
	if err != nil {
		t.Fatal(err)
	}
	r := report.OfCells(kept, report.Catalogue{})
	if r.Counts() != reporttest.Sample().Counts() {
		t.Errorf("got %+v, want %+v", r.Counts(), reporttest.Sample().Counts())
	}
	if _, hrefs := readPage(t, pageOf(t, r)); len(hrefs) != len(kept.Cells) {
		t.Errorf("got %d links in the page, want %d", len(hrefs), len(kept.Cells))
	}
}
