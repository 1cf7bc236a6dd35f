package remote

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// baseline is what the answer to a probe is like while nothing is broken. Any answer that is like it is taken for
// service.
type baseline struct {
	status int
	// page is the hash of the body, "" if it is not the same each time.
	page string
	// header is a field that the answer must have, body a text that must be in it: what the file names.
	header, body string
}

// baselineOf takes the baseline of an answer.
func baselineOf(o record.Observation, want gateway.Expect) baseline {
	return baseline{
		status: o.Status,
		page:   fmt.Sprintf("%x", sha256.Sum256(o.Page)),
		header: want.Header,
		body:   want.Body,
	}
}

// is reports whether the answer is like it.
func (p baseline) is(o record.Observation) bool {
	if o.Status != p.status || !o.Answered() || p.header != "" && o.Header.Get(p.header) == "" ||
		!strings.Contains(string(o.Page), p.body) {
		return false
	}
	return p.page == "" || p.page == baselineOf(o, gateway.Expect{}).page
}

// vague reports whether nothing but the status tells service from an error.
func (p baseline) vague() bool { return p.page == "" && p.header == "" && p.body == "" }

// Attribute implements site.Kind.
func (s *Site) Attribute(o *record.Observation, p site.Probe) {
	if o.Status == 0 {
		return
	}
	b, probe := s.B, s.ProbeOf(p)
	usual, known := s.running.baselines[probe.Name]
	like := known && p.Ask.Described == nil && p.Ask.Path == "" && usual.is(*o)
	seen, answered, broken := false, false, false
	for _, l := range s.running.links {
		for _, x := range l.with(o.Nonce) {
			seen = true
			answered = answered || statusOn(x.Received) == o.Status
			broken = broken || b.Broken && l.Name == s.Upstream.Name
		}
	}
	opaque, passed := s.running.passesOpaque(probe, o.Began, o.Done.Add(-b.Withholds))
	o.By = record.ByGateway
	switch {
	case like && broken && usual.vague() && len(probe.Upstreams) > 1:
		o.By = record.ByUnknown // A member that is well, or half an answer of the one that is not.
	case like && (seen || opaque || len(probe.Upstreams) == 0):
		o.Served = true
		if probe.Served() {
			o.By = record.ByUpstream
		}
	case answered:
		o.By = record.ByUpstream // What the upstream said itself, passed on.
	case passed && !like:
		o.By = record.ByUnknown
	}
}

// passesOpaque reports whether the probe's requests may pass a link on which they cannot be read, and whether anything
// came back on such a one between the times.
func (e *Gateway) passesOpaque(p *gateway.Probe, since, until time.Time) (opaque, passed bool) {
	for _, s := range e.links {
		if !s.opaque || !touches(p, s.Name) {
			continue
		}
		opaque = true
		for _, x := range s.tap.Since(time.Time{}) {
			passed = passed || x.Answered.After(since) && x.Answered.Before(until)
		}
	}
	return opaque, passed
}

// touches reports whether the probe may reach the upstream; where its file says nothing, it may reach any.
func touches(p *gateway.Probe, upstream string) bool {
	for _, name := range p.Upstreams {
		if name == upstream {
			return true
		}
	}
	return len(p.Upstreams) == 0
}

// Unchecked lists what of an experiment's promises cannot be held against a gateway that runs elsewhere.
func (s *Site) Unchecked() []string {
	all := []string{"whether the gateway's process lives, and what it logged"}
	if s.Opaque() != "" {
		all = append(all, "how often a request reached "+s.Upstream.Name+", as it cannot be read on the link")
	}
	if s.running.baselines[s.Probe.Name].vague() {
		all = append(
			all,
			"who wrote an answer of probe "+s.Probe.Name+" with the steady status, as its body is another each time (name "+
				"a text or a field of it in a file: expect)",
		)
	}
	if !s.HasBystander() {
		all = append(all, "a bystander, as no probe passes by "+s.Upstream.Name)
	}
	return all
}

// Stamped reports whether the answer, to a request of the bystander's with the nonce, is the one that it should get.
func (s *Site) Stamped(r client.Response, _ string) bool {
	o := record.Observation{Status: r.Status, Header: r.Header, End: r.End, Page: r.Body}
	return s.running.baselines[s.BystanderProbe.Name].is(o)
}
