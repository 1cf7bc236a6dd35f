package runner

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/engine"
	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// briefing tells a user whose shell was just opened in a world what is broken, which address is whose, and what to try.
func briefing(h *engine.Held, e catalog.Experiment, j Job) string {
	var s strings.Builder
	b, p := h.Bench, h.Bench.Plan
	evidence := cmp.Or(h.Evidence, "nothing is broken")
	fmt.Fprintf(
		&s,
		"\n%s: %s\n  confirmed  %s\n  expected   %s\n\n",
		e.ID,
		e.Title(),
		foreign.Text(evidence),
		policy.Document().Expect(e.Record()),
	)
	t := tabwriter.NewWriter(&s, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { fmt.Fprintln(t, "  "+strings.Join(cells, "\t")) }
	line("gateway", p.Gateway.String(), fmt.Sprintf("%s %s, setting %s", j.Gateway.Name, j.Version, j.Setting))
	line("upstream", p.Upstream.String(), "serves /, and /named/ as "+p.Named.Host)
	if e.State == site.Balanced {
		line("spare", p.Member2.String(), "the other member of the pool that serves "+e.Path())
	}
	line("secure", p.Secure.String(), "serves /secure/ over TLS, as "+b.SecureName())
	line("bystander", p.Bystander.String(), "serves /bystander/, and must stay healthy")
	line("nameserver", p.Nameserver.String(), "knows "+p.Named.Host)
	if b.World.Lacks(world.SourceAddress) == "" {
		line(
			"denied",
			p.Clients[site.DeniedIP].String(),
			fmt.Sprintf("and the network %s; %s is not", p.DeniedCIDR, p.Clients[site.Neighbour]),
		)
	}
	line("files", b.World.Dir, "the gateway's configuration, its output (gateway.out) and its logs")
	_ = t.Flush()
	s.WriteString("\nTo try:\n")
	t = tabwriter.NewWriter(&s, 0, 0, 2, ' ', 0)
	for _, c := range commands(b, e) {
		line(c[0], "# "+c[1])
	}
	_ = t.Flush()
	s.WriteString("\nexit leaves and undoes everything.\n\n")
	return s.String()
}

// commands are what to try first, each with what it shows.
func commands(b *site.Bench, e catalog.Experiment) [][2]string {
	p := b.Plan
	all := [][2]string{}
	client, url := b.Curl(site.Anyone)
	if e.Block == nil {
		expected := "what a client sees: expected " + policy.Document().Expect(e.Record()).String()
		all = append(all, [2]string{fmt.Sprintf("%s %s%s", client, url, e.Path()), expected})
	} else {
		for _, ask := range slices.Concat(e.Block.First, e.Block.Refused, e.Block.LetIn) {
			all = append(all, [2]string{curl(b, ask), ask.As})
		}
	}
	all = append(all,
		[2]string{fmt.Sprintf("%s %s/bystander/", client, url), "another route of the same gateway"},
		[2]string{fmt.Sprintf("curl -i http://%s/", p.Upstream), "the upstream, past the gateway"},
		[2]string{fmt.Sprintf("tail -n 5 %s/*.out %[1]s/*.log", b.World.Dir), "what the gateway says about it"})
	if b.World.Lacks(world.Firewall) == "" {
		all = append(all, [2]string{"nft list ruleset", "the firewall of this world"})
	}
	return all
}

// curl is the command that asks as a client would.
func curl(b *site.Bench, ask site.Ask) string {
	c, url := b.Curl(ask.From)
	c += " --path-as-is"
	if ask.Method != "" && ask.Method != http.MethodGet {
		c += " -X " + ask.Method
	}
	for _, f := range ask.Header {
		c += fmt.Sprintf(" -H '%s: %s'", f.Name, f.Value)
	}
	if ask.From != site.Anyone {
		c += " --interface " + b.Plan.Clients[ask.From].String()
	}
	if ask.Agent != site.Browser {
		c += " -A " + ask.Agent.String()
	}
	if ask.Claims != site.Anyone {
		c += " -H 'X-Forwarded-For: " + b.Plan.Clients[ask.Claims].String() + "'"
	}
	path := ask.Path
	if path == "" {
		path = "/"
	}
	return fmt.Sprintf("%s '%s%s'", c, url, path)
}
