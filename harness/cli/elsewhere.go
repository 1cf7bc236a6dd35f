package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/pflag"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/site/remote"
)

// elsewhere is what is asked for of a gateway that runs already.
type elsewhere struct {
	url               string
	links             []string
	population, write string // Toxiproxy's files
	remote            bool
	there             *remote.Gateway // that gateway, with our links in place
}

func (e *elsewhere) elsewhereFlags(f *pflag.FlagSet) {
	f.StringVar(
		&e.url,
		"url",
		"",
		"try the gateway that runs already at `URL`, with nothing but links between it and its upstreams",
	)
	f.StringArrayVar(
		&e.links,
		"link",
		nil,
		"with --url: listen where the gateway dials and pass on to the upstream, as '`NAME=LISTEN->UPSTREAM`' in "+
			"quotes; again for each",
	)
	f.StringVar(
		&e.population,
		"toxiproxy-config",
		"",
		"with --url: take the links from `FILE`, as toxiproxy-server -config does",
	)
	f.StringVar(
		&e.write,
		"write-toxiproxy-config",
		"",
		"with --url: write the links to `FILE` for toxiproxy-server -config",
	)
	f.BoolVar(
		&e.remote,
		"allow-remote",
		false,
		"with --url: let the gateway, links and upstreams be on other addresses than this machine's loopback",
	)
}

// needsURL refuses the flags that say nothing without --url.
func (e *elsewhere) needsURL(changed func(string) bool) error {
	for _, name := range []string{"link", "toxiproxy-config", "write-toxiproxy-config", "allow-remote"} {
		if changed(name) && e.url == "" {
			return usage("--%s: got no --url, want the URL of the gateway that dials the links", name)
		}
	}
	return nil
}

// elsewhereWords are the flags again, for a replay.
func (e elsewhere) elsewhereWords() string {
	s := " --url " + quoted(e.url)
	for _, l := range e.links {
		s += " --link " + quoted(l)
	}
	if e.population != "" {
		s += " --toxiproxy-config " + quoted(e.population)
	}
	if e.remote {
		s += " --allow-remote"
	}
	return s
}

// runElsewhere tries a gateway that runs already.
func (a *app) runElsewhere(ctx context.Context, o order, args []string) (err error) {
	switch {
	case len(args) > 0:
		return usage("run: got --url %s and a command, want one of them", o.url)
	case len(o.gateways) > 0 || o.folder != "":
		return usage("run: got --gateway or --gateways with --url, want it alone")
	case o.portable:
		return usage("run: got --portable with --url, want it alone: no world is made")
	}
	policy, err := readPolicy(cmp.Or(o.policy, policy.GatewayError().Name))
	if err != nil {
		return err
	}
	if policy.FailOn, err = o.classes(); err != nil {
		return err
	}
	if o.own, err = a.described(ctx, o); err != nil {
		return err
	}
	if err := wishes(o); err != nil {
		return err
	}
	if o.write != "" {
		text, err := gatewayfile.FormatPopulation(o.own.Elsewhere.Links)
		if err == nil {
			err = renameio.WriteFile(o.write, text, 0o644)
		}
		if err != nil {
			return usage("--write-toxiproxy-config: %w", err)
		}
	}
	if o.there, err = remote.Connect(o.own); err != nil {
		return usage("%w", err)
	}
	defer a.takeAway(o)
	a.tell("Links are in place:%s", linksOf(o.own))
	if err := o.there.Calibrate(ctx); err != nil {
		if ctx.Err() != nil {
			return exit{status: statusInterrupted}
		}
		return unclear(fmt.Errorf("nothing ran: %w", err))
	}
	for _, p := range o.own.Probes {
		a.tell(
			"Probe %s: %s is %d, by way of %s",
			p.Name,
			p.URL,
			p.Expect.Status,
			cmp.Or(strings.Join(p.Upstreams, ", "), "no link"),
		)
	}
	version, like := ownKind(ctx, o.own)
	return a.carryOutOwn(ctx, o, policy, version, like)
}

// tell writes a line to standard error: what standard output holds is the report.
func (a *app) tell(format string, args ...any) {
	fmt.Fprintln(a.err, report.Safe(fmt.Sprintf(format, args...)))
}

// takeAway removes the links, and says so.
func (a *app) takeAway(o order) {
	o.there.Close()
	a.tell("The links are gone:%s. What dials them is refused until somebody listens there again.", linksOf(o.own))
}

func linksOf(o *gateway.Own) string {
	s := ""
	for i, l := range o.Elsewhere.Links {
		if i > 0 {
			s += ","
		}
		s += fmt.Sprintf(" %s at %s", l.Name, l.Listen)
	}
	return s
}
