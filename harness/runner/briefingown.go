package runner

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/engine"
	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// ownBriefing is briefing for a gateway of the user's own, with its own listeners and upstreams.
func ownBriefing(h *engine.Held, e catalog.Experiment, j Job) string {
	var s strings.Builder
	b, own := h.Bench, j.Gateway.Own
	expected := j.policy().Expect(e.Record())
	fmt.Fprintf(&s, "\n%s: %s\n  confirmed  %s\n  expected   %s\n\n", e.ID, e.Title(),
		foreign.Text(cmp.Or(h.Evidence, "nothing is broken")), expected)
	t := tabwriter.NewWriter(&s, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { fmt.Fprintln(t, "  "+strings.Join(cells, "\t")) }
	target, err := own.Target(j.Setting)
	if err != nil {
		return s.String() // It was found a moment ago, or the world would not stand.
	}
	line("gateway", b.Plan.Gateway.String(), foreign.Text(strings.Join(own.Command, " ")))
	for _, u := range own.Upstreams {
		what := "healthy"
		if u.Name == target.Upstream.Name {
			what = "the one that the experiment is about"
		}
		line("upstream "+foreign.Text(u.Name), own.At(u).String(), foreign.Text(u.Where())+", "+what)
	}
	line("output", b.World.Dir+"/gateway.out", "what the gateway says")
	_ = t.Flush()
	s.WriteString("\nTo try:\n")
	t = tabwriter.NewWriter(&s, 0, 0, 2, ' ', 0)
	line(askOwn(b, b.Plan.Gateway.String(), target.Probe), "# what a client sees: expected "+expected.String())
	for _, p := range own.Probes {
		if p.Name != target.Probe.Name {
			line(askOwn(b, doorOf(own, p), p), "# the probe "+foreign.Text(p.Name))
		}
	}
	line("tail -n 5 "+b.World.Dir+"/gateway.out", "# what the gateway says about it")
	if b.World.Lacks(world.Firewall) == "" {
		line("nft list ruleset", "# the firewall of this world")
	}
	_ = t.Flush()
	s.WriteString("\nexit leaves and undoes everything.\n\n")
	return s.String()
}

// doorOf is where in the world the probe's listener is.
func doorOf(own *gateway.Own, p gateway.Probe) string {
	l, err := own.Listener(p)
	if err != nil {
		return "" // No file with such a probe is read.
	}
	return l.Door().String()
}

// askOwn is the command that asks as a client of the probe would. It says where it comes from: the gateway is another
// machine, which finds no way back to a client that calls itself 127.0.0.1.
func askOwn(b *site.Bench, door string, p gateway.Probe) string {
	from := cmp.Or(p.From, b.Plan.Clients[site.Anyone].String())
	words := []string{"curl", "-ik", "--interface", from, "--connect-to", "::" + door}
	if len(p.Methods) > 0 && p.Methods[0] != http.MethodGet {
		words = append(words, "-X", p.Methods[0])
	}
	for name, value := range p.Headers {
		words = append(words, "-H", quoted(name+": "+value))
	}
	return foreign.Text(strings.Join(append(words, quoted(p.URL)), " "))
}

// quoted makes one word of s for a shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
