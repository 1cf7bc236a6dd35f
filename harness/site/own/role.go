package own

import (
	"cmp"
	"slices"
	"strings"
	"sync"

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

// attribute notes the path of an answer that an upstream has served, and takes an error that an upstream gives on
// another path for the gateway's: the upstream wrote no more than its page. The hits are those of who answered.
func (p *pages) attribute(o *record.Observation, hits []upstream.Hit) {
	if o.By != record.ByUpstream || len(hits) == 0 {
		return
	}
	path, _, _ := strings.Cut(hits[len(hits)-1].Path, "?")
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case o.Healthy():
		if p.served == nil {
			p.served = map[string]bool{}
		}
		p.served[path] = true
	case !p.served[path] && len(p.served) > 0:
		o.By, o.PageBy = record.ByGateway, o.Header.Get(stamp.Origin)
	}
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
