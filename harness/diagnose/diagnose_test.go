package diagnose

import (
	"io/fs"
	"testing"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/wording"
)

// matrix reads the committed cells.
func matrix(t testing.TB) []report.Cell {
	t.Helper()
	text, err := fs.ReadFile(fixtures.Gateways(), "RESULTS.json")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := report.ReadCells(text)
	if err != nil {
		t.Fatal(err)
	}
	return kept.Cells
}

func TestDiagnose(t *testing.T) {
	known := New(matrix(t))
	fast, slow := 3*time.Millisecond, 30*time.Second
	for name, c := range map[string]struct {
		seen    Sign
		blocked bool
		first   proxystatus.ErrorType
	}{
		"a refusal": {
			Sign{Status: 403, End: client.Complete, Took: fast, Page: wording.Denied},
			true,
			proxystatus.HTTPRequestDenied,
		},
		"a 502 whose log line speaks of a refused connection": {
			Sign{
				Status: 502, End: client.Complete, Took: fast, Page: wording.BadGateway,
				Log: "connect() failed (111: Connection refused) while connecting to upstream",
			},
			false, proxystatus.ConnectionRefused,
		},
		"a 504 after half a minute": {
			Sign{Status: 504, End: client.Complete, Took: slow, Page: wording.BadGateway},
			false, proxystatus.HTTPResponseTimeout,
		},
		"a 502 whose log line speaks of a certificate": {
			Sign{
				Status: 502, End: client.Complete, Took: fast,
				Log: "x509: certificate has expired or is not yet valid",
			}, false, proxystatus.TLSCertificateError,
		},
	} {
		d := known.Diagnose(c.seen)
		if len(d.Likely) == 0 || d.Likely[0].Type != c.first || (d.Blocked >= 0.5) != c.blocked {
			t.Errorf("%s: got %+v, want %s first and blocked %t", name, d, c.first, c.blocked)
		}
	}
	if d := known.Diagnose(Sign{Status: 799, End: client.Malformed, Took: -1}); len(d.Likely) != 0 {
		t.Errorf("got %+v for an answer that nobody ever gave, want nothing", d)
	}
}

// TestBlind holds the accuracy against what chance would reach, generously: it is measured in BenchmarkDiagnose.
func TestBlind(t *testing.T) {
	cells := matrix(t)
	without, with := Blind(cells, false), Blind(cells, true)
	if without.Tried == 0 || without.Blocked < 0.95 || without.Author < 0.9 || with.First <= without.First {
		t.Errorf("got %+v without a log line and %+v with it; want blocks told from failures nearly always, and "+
			"more told with a line", without, with)
	}
	// Signatures that say something else must be found out.
	wrong := matrix(t)
	for i := range wrong {
		wrong[i].ErrorType = proxystatus.ErrorTypes()[i%len(proxystatus.ErrorTypes())]
	}
	if got := Blind(wrong, true); got.First > with.First/2 {
		t.Errorf("got %+v of signatures at random, want far less than %+v", got, with)
	}
}

// BenchmarkDiagnose is how often the diagnosis of a gateway's answers by those of all other gateways is right.
func BenchmarkDiagnose(b *testing.B) {
	cells := matrix(b)
	for name, logs := range map[string]bool{"answer-alone": false, "with-log-line": true} {
		b.Run(name, func(b *testing.B) {
			a := Accuracy{}
			for b.Loop() {
				a = Blind(cells, logs)
			}
			b.ReportMetric(100*a.Blocked, "%block-or-failure")
			b.ReportMetric(100*a.Author, "%author")
			b.ReportMetric(100*a.First, "%error-type-first")
			b.ReportMetric(100*a.Three, "%error-type-in-three")
		})
	}
}
