package loadtest

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"

	dto "github.com/prometheus/client_model/go"
)

// Meter counts what the clients of a load see, as metrics of Prometheus: what a probe would export that sits where
// the clients are. The zero value is not one; nil counts nothing.
type Meter struct {
	registry *prometheus.Registry
	sent     *prometheus.CounterVec
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// NewMeter returns a Meter for a route, on which every answer that is to be reckoned with stands at zero: an increase
// from nothing is none to Prometheus.
func NewMeter(r site.Route) *Meter {
	m := &Meter{
		registry: prometheus.NewRegistry(),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "gatequake",
			Subsystem: "client",
			Name:      "sent_total",
			Help:      "How many clients have set out, answered or not.",
		}, []string{"path"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "gatequake", Subsystem: "client", Name: "requests_total",
			Help: "What clients asked for, by the status that they got, none if no answer came, and by who wrote it.",
		}, []string{"path", "status", "by"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "gatequake",
			Subsystem: "client",
			Name:      "request_duration_seconds",
			Buckets:   prometheus.DefBuckets,
			Help: "How long clients waited for the end of an answer, or for one that did not come, from when they " +
				"were due to set out.",
		}, []string{"path"}),
	}
	m.registry.MustRegister(m.sent, m.requests, m.duration)
	m.sent.WithLabelValues(r.Path())
	m.duration.WithLabelValues(r.Path())
	m.requests.WithLabelValues(r.Path(), strconv.Itoa(http.StatusOK), string(record.ByUpstream))
	m.requests.WithLabelValues(r.Path(), noStatus, string(record.ByNobody))
	for _, status := range []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout} {
		m.requests.WithLabelValues(r.Path(), strconv.Itoa(status), string(record.ByGateway))
	}
	return m
}

// noStatus stands for the status of an answer that did not come.
const noStatus = "none"

func (m *Meter) started(r site.Route) {
	if m != nil {
		m.sent.WithLabelValues(r.Path()).Inc()
	}
}

func (m *Meter) observe(r site.Route, what sample) {
	if m == nil {
		return
	}
	status := noStatus
	if what.Status != 0 {
		status = strconv.Itoa(what.Status)
	}
	m.requests.WithLabelValues(r.Path(), status, string(what.By)).Inc()
	m.duration.WithLabelValues(r.Path()).Observe(what.waited() / 1000)
}

// Gather returns the metrics as they are now, as a scrape would find them.
func (m *Meter) Gather() ([]*dto.MetricFamily, error) {
	all, err := m.registry.Gather()
	if err != nil {
		return nil, fmt.Errorf("gather metrics: %w", err)
	}
	return all, nil
}
