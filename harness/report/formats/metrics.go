package formats

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

func init() {
	report.Register(report.Format{
		Name: "metrics", File: "metrics.prom", About: "OpenMetrics, for Prometheus",
		Write: whole(metricsText),
	})
}

// metricsText returns the run in the OpenMetrics format. All are gauges, so that it is good Prometheus text as well,
// for node_exporter's textfile collector and for a Pushgateway: a run is a state that the next one replaces. Every
// verdict has a number for every cause that was tried, so that none is seen to be zero, too.
func metricsText(r report.Run) ([]byte, error) {
	registry := prometheus.NewRegistry()
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "gatequake", Name: name, Help: help}, labels)
		registry.MustRegister(v) // Fails only for a name that is taken.
		return v
	}
	gauge(
		"run_info",
		"What ran, and in which kind of worlds.",
		"tool",
		"world",
	).WithLabelValues(report.Safe(r.Tool), report.Safe(r.World)).
		Set(1)
	gauge("run_start_timestamp_seconds", "When the run began.").WithLabelValues().Set(float64(r.Started.Unix()))
	gauge("run_duration_seconds", "How long the run took.").WithLabelValues().Set(r.Took.Seconds())
	gauge("run_planned_experiments", "How many experiments were to be run.").WithLabelValues().Set(float64(r.Planned))
	gauge(
		"run_interrupted",
		"1 if the run was ended before its time.",
	).WithLabelValues().
		Set(map[bool]float64{true: 1}[r.Interrupted])
	versions := gauge("gateway_info", "The gateways that were tested.", "gateway", "version")
	experiments := gauge(
		"experiments",
		"How many experiments came to each verdict.",
		"gateway",
		"setting",
		"cause",
		"verdict",
	)
	recovery := gauge(
		"recovery_seconds",
		"From the end of the fault to a steady state; +Inf where that did not come, and no number where it was not waited for.",
		"gateway",
		"setting",
		"experiment",
	)
	took := gauge("experiments_duration_seconds", "How long the experiments took together.", "gateway", "setting", "cause")
	for _, v := range r.Verdicts {
		gateway, setting, cause := report.Safe(v.Gateway), report.Safe(v.Setting), report.Safe(string(v.Cause))
		versions.WithLabelValues(gateway, report.Safe(v.Version)).Set(1)
		for _, k := range report.Kinds() {
			experiments.WithLabelValues(gateway, setting, cause, k.ID())
		}
		experiments.WithLabelValues(gateway, setting, cause, report.KindOf(v).ID()).Inc()
		took.WithLabelValues(gateway, setting, cause).Add(report.TookOf(v).Seconds())
		if ms, waited := v.Back(); waited && v.Result != verdict.Unsupported {
			recovery.WithLabelValues(gateway, setting, report.Safe(v.ID)).Set(ms / float64(time.Second/time.Millisecond))
		}
	}
	return exposed(registry)
}

// exposed writes what the registry holds, sorted.
func exposed(registry *prometheus.Registry) ([]byte, error) {
	families, err := registry.Gather()
	if err != nil {
		return nil, fmt.Errorf("gather metrics: %w", err)
	}
	var b bytes.Buffer
	e := expfmt.NewEncoder(&b, expfmt.NewFormat(expfmt.TypeOpenMetrics))
	for _, f := range families {
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
