package gateway

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// Target is a probe that touches an upstream: a setting of an own gateway.
type Target struct {
	Probe    Probe
	Upstream Upstream
}

// Name is the setting's.
func (t Target) Name() string { return t.Probe.Name + "/" + t.Upstream.Name }

// Targets lists every probe with each upstream that it touches.
func (o *Own) Targets() []Target {
	all := []Target{}
	for _, p := range o.Probes {
		for _, u := range o.Upstreams {
			if slices.Contains(p.Upstreams, u.Name) {
				all = append(all, Target{p, u})
			}
		}
	}
	return all
}

// Target returns the one with the name.
func (o *Own) Target(name string) (Target, error) {
	names := []string{}
	for _, t := range o.Targets() {
		if t.Name() == name {
			return t, nil
		}
		names = append(names, t.Name())
	}
	return Target{}, fmt.Errorf("%s has no %q; there are: %v", o.Name, name, names)
}

// Bystander returns a probe that must stay as it is while the target's upstream is broken, or nil: one that does
// not touch it, on the same listener if there is one, and best one that is served by another upstream.
func (o *Own) Bystander(t Target) *Probe {
	best, most := (*Probe)(nil), 0
	mine, _ := url.Parse(t.Probe.URL)
	for i, p := range o.Probes {
		theirs, err := url.Parse(p.URL)
		if err != nil || mine == nil || slices.Contains(p.Upstreams, t.Upstream.Name) {
			continue
		}
		good := 1
		if theirs.Host == mine.Host && theirs.Scheme == mine.Scheme && p.Over6() == t.Probe.Over6() {
			good += 2
		}
		if len(p.Upstreams) > 0 {
			good++
		}
		if good > most {
			best, most = &o.Probes[i], good
		}
	}
	return best
}

// Listener returns the one that the probe's URL leads to, over the family of the address that its client comes from:
// IPv4, if it names none, unless nothing but IPv6 is listened to there.
func (o *Own) Listener(p Probe) (Listener, error) {
	u, err := url.Parse(p.URL)
	if err != nil {
		return Listener{}, fmt.Errorf("probe %s: %w", p.Name, err)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{SpeaksHTTP: "80", SpeaksHTTPS: "443"}[u.Scheme]
	}
	all := slices.DeleteFunc(slices.Clone(o.Listeners), func(l Listener) bool {
		return strconv.Itoa(int(l.At.Port())) != port
	})
	if i := slices.IndexFunc(all, func(l Listener) bool { return l.At.Addr().Is6() == p.Over6() }); i >= 0 {
		return all[i], nil
	}
	if len(all) > 0 {
		return all[0], nil
	}
	return Listener{}, fmt.Errorf("probe %s: %s: nothing listens at port %q", p.Name, p.URL, port)
}

// Passes reports whether the probe's listener passes bytes on, to all or to the probe's host.
func (o *Own) Passes(p Probe) bool {
	l, err := o.Listener(p)
	return p.Passes || err == nil && l.Passes
}

// Definition makes a gateway of o for the engine: every target is a setting.
func (o *Own) Definition() *Definition {
	d := &Definition{
		Name: o.Name, About: "your own", Command: o.Command, Own: o, Resolves: Again,
		Settings: map[string]Setting{},
	}
	for _, t := range o.Targets() {
		d.Settings[t.Name()] = Setting{Within: Within{
			AtOnce: o.Patience, Resolve: o.Patience, Connect: o.Patience,
			Response: o.Patience,
		}}
	}
	return d
}
