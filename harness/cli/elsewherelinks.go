package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
)

// described puts together what flags and files say of the gateway.
func (a *app) described(ctx context.Context, o order) (*gateway.Own, error) {
	reach := gateway.Reach(o.remote)
	e, err := reach.ParseURL(ctx, o.url)
	if err != nil {
		return nil, usage("--url: %w", err)
	}
	if e.Links, err = a.linksFrom(ctx, o, reach); err != nil {
		return nil, err
	}
	if err := e.Check(); err != nil {
		return nil, usage("%w", err)
	}
	own := e.Own(gatewayfile.Patience)
	if o.file != "" {
		text, err := foreign.Read(o.file, foreign.MostWritten)
		if err != nil {
			return nil, usage("--file: %w", err)
		}
		if own, err = gatewayfile.ParseRemote(o.file, text, own); err != nil {
			return nil, usage("--file: %w", err)
		}
	}
	for _, p := range slices.Clone(own.Probes) {
		if !strings.HasPrefix(p.URL, e.URL.Scheme+"://") {
			a.tell("! probe %s is not tried: it is %s, and --url is %s", p.Name, p.URL, o.url)
			own.Probes = slices.DeleteFunc(own.Probes, func(other gateway.Probe) bool { return other.Name == p.Name })
		}
	}
	if len(own.Probes) == 0 {
		own.Probes = []gateway.Probe{{Name: "root", URL: e.URL.String()}}
	}
	return &own, nil
}

// linksFrom reads the links from their flags, or from Toxiproxy's file.
func (a *app) linksFrom(ctx context.Context, o order, reach gateway.Reach) ([]gateway.Link, error) {
	all := []gateway.Link{}
	for _, text := range o.links {
		l, err := reach.ParseLink(ctx, text)
		if err != nil {
			return nil, usage("--link: %w", err)
		}
		l.From = "--link"
		all = append(all, l)
	}
	if o.population == "" {
		return all, nil
	}
	if len(all) > 0 {
		return nil, usage("run: got --link and --toxiproxy-config, want one of them")
	}
	text, err := foreign.Read(o.population, foreign.MostWritten)
	if err != nil {
		return nil, usage("--toxiproxy-config: %w", err)
	}
	entries, err := gatewayfile.ParsePopulation(o.population, text)
	if err != nil {
		return nil, usage("--toxiproxy-config: %w", err)
	}
	for _, p := range entries {
		if p.Enabled != nil && !*p.Enabled {
			a.tell("! %s: %s is not enabled: there is no link", p.At, p.Name)
			continue
		}
		l, err := reach.Link(ctx, p.Name, p.Listen, p.Upstream)
		if err != nil {
			return nil, usage("--toxiproxy-config: %s: %w", p.At, err)
		}
		l.From = p.At
		all = append(all, l)
	}
	return all, nil
}

// wishes checks what is to be run before anything is touched: which upstreams a probe reaches is not known yet, and
// does not matter for that.
func wishes(o order) error {
	any, names := *o.own, []string{}
	for _, u := range any.Upstreams {
		names = append(names, u.Name)
	}
	any.Probes = slices.Clone(any.Probes)
	for i := range any.Probes {
		any.Probes[i].Upstreams = names
	}
	_, err := pick(ownExperiments(catalog.OwnBlocks(&any)), o.only, o.causes)
	return err
}
