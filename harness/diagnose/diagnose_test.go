package diagnose

import (
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/message"
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

func messages(t testing.TB) *message.Catalogue {
	t.Helper()
	all, err := message.Read(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// calibrated compares what is said of a first guess with how often such a guess was right on gateways that the
// signatures are not of. A bin with few answers says little.
func calibrated(t *testing.T, logs bool, a Accuracy) {
	t.Helper()
	const few, near = 40, 0.1
	now := []string{}
	for i, b := range a.Bins {
		right, said := float64(b.Right)/float64(max(b.Tried, 1)), calibration[logs][i]
		now = append(now, fmt.Sprintf("%.2f (%d)", right, b.Tried))
		if b.Tried >= few && math.Abs(right-said) > near {
			t.Errorf("with a line %t, likeness from %.2f: got %.2f said, want near %.2f", logs, b.From, said, right)
		}
	}
	t.Logf("with a line %t: %s", logs, strings.Join(now, ", "))
}

func TestDiagnose(t *testing.T) {
	known := New(matrix(t), messages(t))
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
		"a line of a limit of the gateway's own": {
			Sign{Status: 502, End: client.Complete, Log: "1024 worker_connections are not enough"},
			false, "proxy_internal_error",
		},
		"a line alone, of a refusal": {
			Sign{Log: `limiting requests, excess: 20.5 by zone "perip", client: 192.0.2.7`},
			true, proxystatus.HTTPRequestDenied,
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
	if d := known.Diagnose(Sign{Log: "the cat sat on the mat"}); d.Known() {
		t.Errorf("got %+v for a line of no gateway, want nothing that is known", d)
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
	calibrated(t, false, without)
	calibrated(t, true, with)
	// Signatures that say something else must be found out.
	wrong := matrix(t)
	for i := range wrong {
		wrong[i].ErrorType = proxystatus.ErrorTypes()[i%len(proxystatus.ErrorTypes())]
	}
	if got := Blind(wrong, true); got.First > with.First/2 {
		t.Errorf("got %+v of signatures at random, want far less than %+v", got, with)
	}
}

// TestMessagesAgreeWithTheMatrix compares what the lines of the matrix are known to mean with what was broken there. A
// line need not tell all: of a connection that ends, few say whether the head of an answer had begun.
func TestMessagesAgreeWithTheMatrix(t *testing.T) {
	lines, known, right := knownLines(matrix(t), messages(t))
	if lines == 0 || known < lines*4/5 || right < known*4/5 {
		t.Errorf("got %d lines, of which %d are messages that are known, and %d of these mean the error type of the cell; "+
			"want four of five each time", lines, known, right)
	}
}

// knownLines counts the cells with a line, those whose line is a message, and those whose message has their error type.
func knownLines(cells []report.Cell, all *message.Catalogue) (lines, known, right int) {
	for _, c := range cells {
		if c.Line == "" || c.ErrorType == "" {
			continue
		}
		lines++
		if m, ok := all.Find(c.Line, c.Gateway); ok {
			known++
			if m.Type == c.ErrorType {
				right++
			}
		}
	}
	return lines, known, right
}

// BenchmarkDiagnose is how often the diagnosis of a gateway's answers by those of all other gateways is right.
func BenchmarkDiagnose(b *testing.B) {
	cells := matrix(b)
	b.Run("messages", func(b *testing.B) {
		all, lines, known, right := messages(b), 0, 0, 0
		for b.Loop() {
			lines, known, right = knownLines(cells, all)
		}
		b.ReportMetric(100*float64(known)/float64(lines), "%lines-known")
		b.ReportMetric(100*float64(right)/float64(known), "%error-type-right")
	})
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
			for i, bin := range a.Bins {
				if bin.Tried > 0 {
					b.ReportMetric(100*float64(bin.Right)/float64(bin.Tried),
						fmt.Sprintf("%%right-where-%.0f-is-said", 100*calibration[logs][i]))
				}
			}
		})
	}
}
