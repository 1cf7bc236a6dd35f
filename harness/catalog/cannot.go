package catalog

import (
	"cmp"
	"fmt"
	"net/http"
	"net/netip"
	"slices"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// Impossible tells why the experiment cannot be made on the gateway in w, or "".
func (e Experiment) Impossible(w *world.World, d *gateway.Definition, setting string) string {
	if reason := cmp.Or(e.Inapplicable(d, setting), e.cannot(d, setting)); reason != "" {
		return fmt.Sprintf("not with %s: %s", d.Name, reason)
	}
	needs := e.Needs()
	if e.Route() == site.RouteNamed && d.Lacks(setting, "Resolver") {
		needs = append(needs, world.OwnResolvConf) // It asks whom the system says.
	}
	for _, n := range needs {
		if reason := w.Lacks(n); reason != "" {
			return fmt.Sprintf("needs %s: %s", n.About(), reason)
		}
	}
	return ""
}

// cannot tells why the gateway cannot express the experiment in the setting, or "".
func (e Experiment) cannot(d *gateway.Definition, setting string) string {
	for _, key := range []string{e.Base(), e.ID, "~" + string(e.Protocol), e.Route().Path()} {
		if reason := d.Cannot[key]; reason != "" {
			return reason
		}
	}
	if route := e.Route(); (route == site.RouteHTTP2 || route == site.RouteGRPC) && d.Lacks(setting, "HTTP2") {
		return fmt.Sprintf("nothing in %s leads to {{.HTTP2}}, the upstream that speaks HTTP/2", setting)
	}
	for _, p := range spoken {
		if p.Protocol == e.Protocol && p.variable != "" && d.Lacks(setting, p.variable) {
			return fmt.Sprintf(
				"nothing in %s listens at {{.%s}}, where clients of %s connect",
				setting,
				p.variable,
				p.about,
			)
		}
	}
	return ""
}

// Inapplicable tells why the experiment does not apply to the gateway in the setting, by the gateway's kind, or "".
func (e Experiment) Inapplicable(d *gateway.Definition, setting string) string {
	switch d.Kind() {
	case gateway.KindOwn:
		return e.cannotOwn(d.Own, setting)
	case gateway.KindElsewhere:
		return e.cannotElsewhere(d.Own.Elsewhere.Door)
	}
	return ""
}

// cannotOwn tells why the experiment does not apply to a gateway of the user's own in the setting, or "".
func (e Experiment) cannotOwn(o *gateway.Own, setting string) string {
	if e.Fault == nil {
		return ""
	}
	t, err := o.Target(setting)
	if err != nil {
		return err.Error()
	}
	u := t.Upstream
	network := slices.Contains(e.Fault.Needs, world.AnyAddress) || slices.Contains(e.Fault.Needs, world.Firewall)
	for _, c := range []struct {
		so  bool
		why string
	}{
		{e.Fault.Route == site.RouteSecure && !u.TLS, "the upstream is spoken to without TLS"},
		{
			e.Fault.Route == site.RouteSecure && u.Speaks == string(upstream.OtherSpoken),
			"nothing is known of what the upstream speaks inside TLS",
		},
		{e.Fault.Route == site.RouteNamed && u.Host == "", "the upstream is not looked up by a name"},
		{
			e.Fault.Route == site.RouteNamed && u.Looked == gateway.AtStart,
			"the upstream's name was looked up at start, and not in the second after it: if your gateway does so later, " +
				"say looked-up: at run time in its file",
		},
		{e.Fault.Route == site.RouteUnix && u.Socket == "", "the upstream is not behind a Unix socket"},
		{cannotTalk(e.Fault.Route, t) != "", cannotTalk(e.Fault.Route, t)},
		{e.Fault.Route == site.RouteVouched, "refused and others try those that have the role vouches in its file"},
		{t.Role() == gateway.Vouches && e.Fault.AfterHead, "nobody receives the body of its answers: it vouches for clients"},
		{!e.TriedIn(t), "the probe reaches no other upstream that could serve in its place"},
		{
			e.State == site.Balanced && t.Probe.Expect.Status != http.StatusOK,
			"a pool is tried by its 200, and the probe gets another status while nothing is broken",
		},
		{network && u.Socket != "", "no network leads to a Unix socket"},
		{
			slices.Contains(e.Fault.Needs, world.AnyAddress) && u.Local(),
			"the upstream is on the gateway's own host: no route leads there that could be lost",
		},
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
	p := site.Plan{}
	if e.Fault.Prepare != nil {
		e.Fault.Prepare(&p)
	}
	return p.Bystander.IsValid() || p.Bystander.Port() != 0
}

// cannotTalk tells why a fault of a route of its own does not apply to the target, or "".
func cannotTalk(r site.Route, t gateway.Target) string {
	network := t.Upstream.Socket == ""
	switch {
	case r == site.RouteWebSocket && t.Probe.Protocol != gateway.WebSocket:
		return "the probe asks for no WebSocket; one that does says protocol: " + gateway.WebSocket + " in the file"
	case r == site.RouteWebSocket && (t.Upstream.Speaks != string(upstream.HTTP1Spoken) || !network):
		return "the upstream is not spoken to over HTTP/1 and the network"
	case r == site.RouteGRPC && t.Probe.Protocol != gateway.GRPC:
		return "the probe calls no method of gRPC; one that does says protocol: " + gateway.GRPC + " in the file"
	case (r == site.RouteGRPC || r == site.RouteHTTP2) && (t.Upstream.Speaks != string(upstream.HTTP2Spoken) || !network):
		return "the upstream is not spoken to over HTTP/2 and the network"
	}
	return ""
}

// beyondLinks is why most faults do not apply to a gateway that runs elsewhere.
const beyondLinks = "it runs elsewhere, and this takes more than the links in front of its upstreams"

// cannotElsewhere tells why the experiment does not apply to a gateway that runs elsewhere, or "".
func (e Experiment) cannotElsewhere(door netip.AddrPort) string {
	if e.Block != nil {
		for _, ask := range e.Block.Refused {
			if why := site.CannotCome(ask.Described.From, door); why != "" {
				return why
			}
		}
	}
	switch {
	case e.Fault == nil:
		return ""
	case e.Fault.ByLink == nil:
		return beyondLinks
	case e.State == site.Cold:
		return "it runs elsewhere, and is not ours to restart"
	}
	return ""
}
