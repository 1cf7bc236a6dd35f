package own

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// partOf is what an upstream of the role has to do with the answer while the others are well.
func partOf(r gateway.Role) record.Part {
	switch r {
	case gateway.Vouches:
		return record.VouchedPart
	case gateway.Copies, gateway.InReserve, gateway.ErrorPage:
		return record.NoPart
	case gateway.Health:
		return record.WatchedPart
	}
	return ""
}

// Delivers implements site.Caster.
func (d *Described) Delivers(name string) bool {
	r := d.Probe.RoleOf(cmp.Or(name, d.Upstream.Name))
	return r == gateway.Serves || r == gateway.InReserve
}

// NamesKept implements site.Namer.
func (s *Site) NamesKept() time.Duration { return s.Own.NamesKept }

// Idle implements site.Caster.
func (d *Described) Idle() string {
	switch r := d.Role(); r {
	case gateway.InReserve, gateway.ErrorPage, gateway.Health:
		return "no client's request reaches " + d.Upstream.Name + " while all is well (" + string(r) + "), so that the " +
			"gateway keeps no connection of one to it"
	}
	return ""
}

// pages knows by the paths which answers are pages that a gateway has asked an upstream for: those of another path than
// the one that a client's request has when it is served.
type pages struct {
	mu     sync.Mutex
	served map[string]bool // paths, without their queries
}

// isPage notes the path of an answer that an upstream has served while nothing was broken, and reports whether one is a
// page while something is. The hits are those of who answered.
func (p *pages) isPage(o record.Observation, broken bool, hits []upstream.Hit) bool {
	if o.By != record.ByUpstream || len(hits) == 0 {
		return false
	}
	path, _, _ := strings.Cut(hits[len(hits)-1].Path, "?")
	p.mu.Lock()
	defer p.mu.Unlock()
	if !broken && o.Healthy() {
		if p.served == nil {
			p.served = map[string]bool{}
		}
		p.served[path] = true
	}
	return !p.served[path] && len(p.served) > 0
}

// page is the upstream that wrote no more of the answer to a probe than its page: one that has the role, or that
// was asked on another path than it serves. The answer is the gateway's then. It is "" for any other.
func (s *Site) page(o record.Observation, p *gateway.Probe) string {
	origin := o.Header.Get(stamp.Origin)
	is := func(r gateway.Role) bool {
		return o.By == record.ByUpstream && slices.Contains(s.stamps(p.As(r)), origin)
	}
	switch {
	case is(gateway.ErrorPage), !is(gateway.InReserve) &&
		s.pages.isPage(o, s.B.Broken, s.B.HitsAt(s.answering(origin), o.Nonce)):
		return cmp.Or(origin, s.Upstream.Name)
	}
	return ""
}

// relayed is who wrote an answer that has not the stamp of its request: on a listener that passes bytes on the upstream
// that the request reached, if it reached one; and one who vouches may have been asked without the client's nonce.
func (d *Described) relayed(o record.Observation, p *gateway.Probe) record.Author {
	origin := o.Header.Get(stamp.Origin)
	switch vouch := d.stamps(p.As(gateway.Vouches)); {
	case d.Passes(*p) && d.B.HitsOf(o.Nonce) > 0:
		return record.ByUpstream
	case len(vouch) == 0 || o.Header.Get(stamp.Answer) != "":
		return record.ByGateway
	case origin == record.IntermediaryName:
		return record.ByIntermediary
	case slices.Contains(vouch, origin):
		return record.ByUpstream
	}
	return record.ByGateway
}

// answering tells the upstreams that may have given an answer with the origin in its stamp: who stands in for the one
// that faults strike has no name of its own in it, and answers in raw bytes have none at all.
func (d *Described) answering(origin string) func(string) bool {
	named := func(name string) bool { return slices.Contains(d.stamps([]string{name}), origin) }
	if slices.ContainsFunc(d.Upstreams, func(u gateway.Upstream) bool { return named(u.Name) }) {
		return named
	}
	return func(name string) bool { return name == "" || name == d.Upstream.Name }
}
