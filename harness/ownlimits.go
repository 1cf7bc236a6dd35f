package harness

import (
	"net/http"
	"slices"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// OwnExperiments lists those that a gateway of the user's own is tried with: every fault, in every state of the gateway. Over which protocol clients come is for its
// listeners to say.
func OwnExperiments() []Experiment {
	return slices.DeleteFunc(Experiments(), func(e Experiment) bool { return e.Block != nil || e.Protocol != e.Fault.Route.protocol() })
}

// TriedIn reports whether the experiment is one for the target at all: one on a pool is where there is a pool.
func (e Experiment) TriedIn(t gateway.Target) bool { return e.State != Balanced || len(t.Pool()) > 0 }

// cannotOwn tells why the experiment does not apply to a gateway of the user's own in the setting, or "".
func (e Experiment) cannotOwn(d *gateway.Definition, setting string) string {
	if d.Own != nil && d.Own.Elsewhere != nil {
		return e.cannotElsewhere(d.Own.Elsewhere.Door)
	}
	if d.Own == nil || e.Fault == nil {
		return ""
	}
	t, err := d.Own.Target(setting)
	if err != nil {
		return err.Error()
	}
	u := t.Upstream
	network := slices.Contains(e.Fault.Needs, world.AnyAddress) || slices.Contains(e.Fault.Needs, world.Firewall)
	for _, c := range []struct {
		so  bool
		why string
	}{
		{e.Fault.Route == RouteSecure && !u.TLS, "the upstream is spoken to without TLS"},
		{e.Fault.Route == RouteSecure && u.Speaks != string(upstream.HTTP1Spoken), "the upstream speaks " + u.Speaks + " inside TLS"},
		{e.Fault.Route == RouteNamed && u.Host == "", "the upstream is not looked up by a name"},
		{e.Fault.Route == RouteNamed && u.Looked == gateway.AtStart, "the upstream's name was looked up at start, and not in the second after it: if your gateway does so later, say looked-up: at run time in its file"},
		{e.Fault.Route == RouteUnix && u.Socket == "", "the upstream is not behind a Unix socket"},
		{cannotTalk(e.Fault.Route, t) != "", cannotTalk(e.Fault.Route, t)},
		{e.Fault.Route == RouteVouched, "which upstream vouches for clients is not known"},
		{!e.TriedIn(t), "the probe reaches no other upstream that could serve in its place"},
		{e.State == Balanced && t.Probe.Expect.Status != http.StatusOK, "a pool is tried by its 200, and the probe gets another status while nothing is broken"},
		{network && u.Socket != "", "no network leads to a Unix socket"},
		{slices.Contains(e.Fault.Needs, world.AnyAddress) && u.Local(), "the upstream is on the gateway's own host: no route leads there that could be lost"},
		{e.movesBystander(), "it moves the bystander, whose place is your configuration's to say"},
	} {
		if c.so {
			return c.why
		}
	}
	return ""
}

// movesBystander reports whether the fault needs the bystander at another place.
func (e Experiment) movesBystander() bool {
	p := Plan{}
	if e.Fault.Prepare != nil {
		e.Fault.Prepare(&p)
	}
	return p.Bystander.IsValid() || p.Bystander.Port() != 0
}
