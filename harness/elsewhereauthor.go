package harness

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

// BySomebody is the author of an answer of which it cannot be told whether the gateway wrote it or an upstream that is not ours.
const BySomebody Author = "somebody"

// print is what the answer to a probe is like while nothing is broken. Any answer that is like it is taken for service.
type print struct {
	status int
	// page is the hash of the body, "" if it is not the same each time.
	page string
	// header is a field that the answer must have, body a text that must be in it: what the file names.
	header, body string
}

// printOf takes the print of an answer.
func printOf(o Observation, want gateway.Expect) print {
	return print{status: o.Status, page: fmt.Sprintf("%x", sha256.Sum256(o.page)), header: want.Header, body: want.Body}
}

// is reports whether the answer is like it.
func (p print) is(o Observation) bool {
	if o.Status != p.status || !o.Answered() || p.header != "" && o.Header.Get(p.header) == "" || !strings.Contains(string(o.page), p.body) {
		return false
	}
	return p.page == "" || p.page == printOf(o, gateway.Expect{}).page
}

// vague reports whether nothing but the status tells service from an error.
func (p print) vague() bool { return p.page == "" && p.header == "" && p.body == "" }

// attribute says who wrote the answer to a probe.
func (b *Bench) attribute(o *Observation, p Probe) {
	if b.ours == nil || o.Status == 0 {
		return
	}
	probe := b.ours.probe(p)
	if b.there == nil {
		o.served = probe != nil && o.By == ByUpstream && b.steadily(probe, *o)
		return
	}
	print, known := b.there.prints[probe.Name]
	like := known && p.Ask.own == nil && p.Ask.Path == "" && print.is(*o)
	seen, answered, broken := false, false, false
	for _, s := range b.there.spans {
		for _, x := range s.with(o.Nonce) {
			seen = true
			answered = answered || statusOn(x.Received) == o.Status
			broken = broken || b.struckBy != nil && s.Name == b.ours.Upstream.Name
		}
	}
	blind, passed := b.there.blindly(probe, o.began, o.ended.Add(-b.withheld()))
	o.By = ByGateway
	switch {
	case like && broken && print.vague() && len(probe.Upstreams) > 1:
		o.By = BySomebody // A member that is well, or half an answer of the one that is not.
	case like && (seen || blind || len(probe.Upstreams) == 0):
		o.served = true
		if len(probe.Upstreams) > 0 {
			o.By = ByUpstream
		}
	case answered:
		o.By = ByUpstream // What the upstream said itself, passed on.
	case passed && !like:
		o.By = BySomebody
	}
}

// servers lists who may have served the answer: who stamped it, or behind whose links its request was seen.
func (b *Bench) servers(o Observation) []string {
	if b.there == nil {
		return []string{o.Header.Get(upstream.OriginHeader)}
	}
	all := []string{}
	for _, s := range b.there.spans {
		if len(s.with(o.Nonce)) > 0 {
			all = append(all, s.Name)
		}
	}
	return all
}

// discerns reports whether it can be told which member of the pool serves a client of a gateway that runs elsewhere.
func (b *Bench) discerns() bool {
	return !slices.ContainsFunc(b.memberNames(), func(name string) bool { return b.there.span(name).blind })
}

// withheld is how long nothing of what the upstream says gets through at present.
func (b *Bench) withheld() time.Duration {
	if b.struckBy == nil {
		return 0
	}
	return b.struckBy.Withholds
}

// blindly reports whether the probe's requests may pass a link on which they cannot be read, and whether anything came back on such a one between the times.
func (e *Elsewhere) blindly(p *gateway.Probe, since, until time.Time) (blind, passed bool) {
	for _, s := range e.spans {
		if !s.blind || !touches(p, s.Name) {
			continue
		}
		blind = true
		for _, x := range s.tap.Since(time.Time{}) {
			passed = passed || x.Answered.After(since) && x.Answered.Before(until)
		}
	}
	return blind, passed
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

// blind reports whether requests for the main route cannot be counted at the upstream.
func (b *Bench) blind() bool { return b.there != nil && b.there.span(b.ours.Upstream.Name).blind }

// unchecked lists what of an experiment's promises cannot be held against a gateway that runs elsewhere.
func (b *Bench) unchecked() []string {
	if b.there == nil {
		return nil
	}
	all := []string{"whether the gateway's process lives, and what it logged"}
	if b.blind() {
		all = append(all, "how often a request reached "+b.ours.Upstream.Name+", as it cannot be read on the link")
	}
	if b.there.prints[b.ours.Probe.Name].vague() {
		all = append(all, "who wrote an answer of probe "+b.ours.Probe.Name+" with the steady status, as its body is another each time (name a text or a field of it in a file: expect)")
	}
	if b.lonely() {
		all = append(all, "a bystander, as no probe passes by "+b.ours.Upstream.Name)
	}
	return all
}

// stamped reports whether the answer, to a request of the bystander's with the nonce, is the one that it should get.
func (b *Bench) stamped(r client.Response, nonce string) bool {
	if b.there == nil {
		return r.Header.Get(upstream.StampHeader) == nonce
	}
	o := Observation{Status: r.Status, Header: r.Header, End: r.End, page: r.Body}
	return b.there.prints[b.ours.bystander.Name].is(o)
}
