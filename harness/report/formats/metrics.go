package formats

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

func init() {
	report.Register(report.Format{
		Name: "metrics", File: "metrics.prom", About: "OpenMetrics, for Prometheus",
		Write: whole(metrics),
	})
}

// metrics returns the run in the OpenMetrics format. All are gauges, so that it is good Prometheus text as well, for
// node_exporter's textfile collector and for a Pushgateway: a run is a state that the next one replaces. Every verdict
// has a number for every cause that was tried, so that none is seen to be zero, too.
func metrics(r report.Run) ([]byte, error) {
	all := gauges{}
	all.of("run_info", "What ran, and in which kind of worlds.", "tool", "world").add(1, r.Tool, r.World)
	all.of("run_start_timestamp_seconds", "When the run began.").add(float64(r.Started.Unix()))
	all.of("run_duration_seconds", "How long the run took.").add(r.Took.Seconds())
	all.of("run_planned_experiments", "How many experiments were to be run.").add(float64(r.Planned))
	all.of("run_interrupted", "1 if the run was ended before its time.").add(map[bool]float64{true: 1}[r.Interrupted])
	versions := all.of("gateway_info", "The gateways that were tested.", "gateway", "version")
	experiments := all.of("experiments", "How many experiments came to each verdict.",
		"gateway", "setting", "cause", "verdict")
	recovery := all.of(
		"recovery_seconds",
		"From the end of the fault to a steady state; +Inf where that did not come, "+
			"and no number where it was not waited for.",
		"gateway",
		"setting",
		"experiment",
	)
	took := all.of("experiments_duration_seconds", "How long the experiments took together.",
		"gateway", "setting", "cause")
	for _, v := range r.Verdicts {
		versions.set(1, v.Gateway, v.Version)
		for _, k := range report.Kinds() {
			experiments.add(0, v.Gateway, v.Setting, string(v.Cause), k.ID())
		}
		experiments.add(1, v.Gateway, v.Setting, string(v.Cause), report.KindOf(v).ID())
		took.add(report.TookOf(v).Seconds(), v.Gateway, v.Setting, string(v.Cause))
		if ms, waited := v.MedianRecovery(); waited && v.Result != verdict.Unsupported {
			recovery.set(ms/float64(time.Second/time.Millisecond), v.Gateway, v.Setting, v.ID)
		}
	}
	return all.text()
}

// gauges are the metrics by their names.
type gauges map[string]*gauge

// gauge is one metric: a value for each combination of its labels' values.
type gauge struct {
	help   string
	labels []string
	values map[string]*dto.Metric
}

// of adds a metric to the others.
func (all gauges) of(name, help string, labels ...string) *gauge {
	g := &gauge{help, labels, map[string]*dto.Metric{}}
	all["gatequake_"+name] = g
	return g
}

// at is the value for the labels, which are made safe; zero at first.
func (g *gauge) at(labels []string) *float64 {
	m := &dto.Metric{Gauge: &dto.Gauge{Value: new(float64)}}
	for i, l := range labels {
		safe := report.Safe(l)
		m.Label = append(m.Label, &dto.LabelPair{Name: &g.labels[i], Value: &safe})
	}
	slices.SortFunc(m.Label, func(a, b *dto.LabelPair) int { return strings.Compare(a.GetName(), b.GetName()) })
	key := ""
	for _, l := range m.Label {
		key += l.GetValue() + "\x00"
	}
	if g.values[key] == nil {
		g.values[key] = m
	}
	return g.values[key].Gauge.Value
}

func (g *gauge) set(value float64, labels ...string) { *g.at(labels) = value }

func (g *gauge) add(value float64, labels ...string) { *g.at(labels) += value }

// text writes the metrics that have a value, sorted.
func (all gauges) text() ([]byte, error) {
	var b bytes.Buffer
	e := expfmt.NewEncoder(&b, expfmt.NewFormat(expfmt.TypeOpenMetrics))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		g := all[name]
		f := &dto.MetricFamily{Name: &name, Help: &g.help, Type: dto.MetricType_GAUGE.Enum()}
		for _, key := range slices.Sorted(maps.Keys(g.values)) {
			f.Metric = append(f.Metric, g.values[key])
		}
		if len(f.Metric) == 0 {
			continue
		}
		if err := e.Encode(f); err != nil {
			return nil, fmt.Errorf("encode metrics: %w", err)
		}
	}
	if c, ok := e.(io.Closer); ok { // Which writes the end mark.
		if err := c.Close(); err != nil {
			return nil, fmt.Errorf("encode metrics: %w", err)
		}
	}
	return b.Bytes(), nil
}
