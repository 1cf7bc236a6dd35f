package formats

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

// value returns the value of the metric in the families whose labels, sorted by name, are those, or -1.
func value(families map[string]*dto.MetricFamily, name string, labels ...string) float64 {
	for _, m := range families[name].GetMetric() {
		got := []string{}
		for _, l := range m.GetLabel() {
			got = append(got, l.GetValue())
		}
		if strings.Join(got, "\x00") == strings.Join(labels, "\x00") {
			return m.GetGauge().GetValue()
		}
	}
	return -1
}

func TestMetrics(t *testing.T) {
	doc, err := metrics(reporttest.Sample())
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "metrics.golden.prom", doc)
	var parser expfmt.TextParser
	families, err := parser.TextToMetricFamilies(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		labels []string // cause, gateway, setting, verdict
		want   float64
	}{
		{"gatequake_experiments", []string{"overload", "nginx", "stock", "known_deviation"}, 1},
		{"gatequake_experiments", []string{"overload", "nginx", "stock", "fail"}, 0},
		{"gatequake_experiments", []string{"network", "nginx", "stock", "fail"}, 1},
		{"gatequake_experiments", []string{"block", "builtin", "document", "pass"}, 2},
		{"gatequake_recovery_seconds", []string{"refused", "nginx", "stock"}, 0.0015},
		{"gatequake_recovery_seconds", []string{"refused", "broken", "document"}, -1},
		{"gatequake_recovery_seconds", []string{"firewall-drop", "nginx", "stock"}, -1},
		{"gatequake_experiments_duration_seconds", []string{"network", "nginx", "stock"}, 0.5},
		{"gatequake_gateway_info", []string{"nginx", "1.22.1"}, 1},
		{"gatequake_run_interrupted", nil, 1},
	} {
		if got := value(families, c.name, c.labels...); got != c.want {
			t.Errorf("%s %s: got %g, want %g", c.name, c.labels, got, c.want)
		}
	}
}

func TestMetricsOfWhatNeverRecovered(t *testing.T) {
	doc, err := metrics(
		report.Run{
			Verdicts: []verdict.Verdict{
				{
					Record: record.Record{ID: "refused", Gateway: "nginx", Setting: "stock", RecoveryMS: -1},
					Result: verdict.Fail,
				},
			},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	var parser expfmt.TextParser
	families, err := parser.TextToMetricFamilies(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if got := value(families, "gatequake_recovery_seconds", "refused", "nginx", "stock"); !math.IsInf(got, 1) {
		t.Errorf("got %g, want +Inf: an alarm on a slow recovery is to see it", got)
	}
	if n, err := openMetrics(doc); err != nil || n == 0 {
		t.Errorf("got %d series (%v) in\n%s", n, err, doc)
	}
}

// openMetrics reads a document as Prometheus does when it is offered OpenMetrics, and returns how many series it has.
func openMetrics(doc []byte) (series int, err error) {
	p := textparse.NewOpenMetricsParser(doc, labels.NewSymbolTable())
	for {
		switch entry, err := p.Next(); {
		case errors.Is(err, io.EOF):
			return series, nil
		case err != nil:
			return series, err
		case entry == textparse.EntrySeries:
			series++
		}
	}
}

func TestMetricsAreOpenMetrics(t *testing.T) {
	forged := reporttest.Sample()
	forged.Verdicts[0].Gateway, forged.Verdicts[0].Version, forged.Verdicts[0].ID = reporttest.Hostile+`"} 1`, reporttest.Hostile, reporttest.Hostile
	for name, r := range map[string]report.Run{"sample": reporttest.Sample(), "nothing": {}, "forged": forged} {
		doc, err := metrics(r)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := openMetrics(doc); err != nil || n != bytes.Count(doc, []byte("\ngatequake_")) {
			t.Errorf("%s: got %d series (%v) in\n%s", name, n, err, doc)
		}
		if _, err := openMetrics(bytes.TrimSuffix(doc, []byte("# EOF\n"))); err == nil {
			t.Errorf("%s: got no error when it is cut, want one", name)
		}
		reporttest.Harmless(t, doc)
	}
}
