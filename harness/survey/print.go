package survey

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/gateway"
)

// Print writes the map: a line for each listener, name, upstream and probe, and what to look at.
func Print(w io.Writer, f Found) {
	fmt.Fprintf(w, "\n%s, surveyed in %.1f s (it took %.1f s to listen)\n",
		foreign.Text(strings.Join(f.Own.Command, " ")), f.TookMS/1000, f.StartMS/1000)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(cells ...string) {
		for i := range cells {
			cells[i] = foreign.Text(cells[i])
		}
		fmt.Fprintln(t, "  "+strings.Join(cells, "\t"))
	}
	section := func(title string, n int) {
		if n > 0 {
			_ = t.Flush()
			fmt.Fprintf(w, "\n%s\n", title)
		}
	}
	section("Listens", len(f.Own.Listeners))
	for _, l := range f.Own.Listeners {
		line(l.At.String(), spokenAt(l)+map[bool]string{true: ", passed through as bytes"}[l.Passes])
	}
	section("Looks up", len(f.Names))
	for _, n := range f.Names {
		line(n.Name, strings.Join(n.Types, " "), n.When, "asks "+strings.Join(n.Asked, ", "))
	}
	section("Upstreams", len(f.Own.Upstreams))
	for _, u := range f.Own.Upstreams {
		line(u.Name, u.Where(), protocolOf(u))
	}
	section("Asked for certificates by ACME, and played by Gatequake", len(f.Own.Authorities))
	for _, at := range f.Own.Authorities {
		line(at)
	}
	section("Dialled with no request of a client's", len(f.Unsolicited))
	for _, a := range f.Unsolicited {
		line(a.Upstream, a.What, a.When())
	}
	section("Probes", len(f.Own.Probes))
	for _, p := range f.Own.Probes {
		line(p.Name, strings.Join(p.Methods, ",")+" "+p.URL+besides(p), fmt.Sprint(p.Expect.Status), answeredBy(p))
	}
	printMissing(section, line, f)
	section("Answers that no upstream is asked for", len(f.Answers))
	for _, a := range f.Answers {
		line(a.URL, statusOf(a), a.Says)
	}
	printUnreached(section, line, f)
	_ = t.Flush()
	if len(f.Warnings) > 0 {
		fmt.Fprintln(w)
	}
	for _, x := range f.Warnings {
		fmt.Fprintf(w, "! %s\n", foreign.Text(x))
	}
}

// besides says what of the probe its methods and its URL do not.
func besides(p gateway.Probe) string {
	all := ""
	if p.Protocol != "" {
		all += ", " + p.Protocol
	}
	switch {
	case p.From == gateway.Client6.String():
		all += ", over IPv6"
	case p.From != "":
		all += ", from " + p.From
	}
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		all += ", " + name + ": " + p.Headers[name]
	}
	if p.Certificate != "" {
		all += ", with a certificate for " + p.Certificate
	}
	if p.Passes {
		all += ", passed through as bytes"
	}
	if p.Uncached {
		all += ", past caches"
	}
	return all
}

// spokenAt says what is spoken at the listener.
func spokenAt(l gateway.Listener) string {
	said := l.Speaks
	if l.Protocol != "" {
		said += ", " + l.Protocol + " alone"
	}
	if l.Proxied != "" {
		said += ", after a header of the PROXY protocol " + l.Proxied
	}
	return said
}

// statusOf is the answer's status, or that there was none.
func statusOf(a Answer) string {
	if a.Status == 0 {
		return "no answer"
	}
	return strconv.Itoa(a.Status)
}

// protocolOf says what is spoken to the upstream.
func protocolOf(u gateway.Upstream) string {
	said := u.Speaks
	if u.TLS {
		said += " over TLS"
	}
	if u.SNI != "" {
		said += " for " + u.SNI
	}
	if u.Proxied {
		said += ", after a header of the PROXY protocol"
	}
	return said
}

// answeredBy says who answers the probe, the gateway itself or which upstreams, and who else is asked for what.
func answeredBy(p gateway.Probe) string {
	who := "answered by the gateway itself"
	if serve := p.As(gateway.Serves); len(serve) > 0 {
		who = "→ " + strings.Join(serve, map[string]string{"": " or ", gateway.AsksAll: " and "}[p.Asks])
	}
	for _, r := range gateway.Roles()[1:] {
		if all := p.As(r); len(all) > 0 {
			who += fmt.Sprintf("; %s: %s", r, strings.Join(all, ", "))
		}
	}
	return who
}
