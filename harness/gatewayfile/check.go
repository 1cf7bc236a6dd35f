package gatewayfile

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/upstream"
)

func (f *ownFile) checkAuthorities() error {
	for i, at := range f.Authorities {
		host, port, err := net.SplitHostPort(at)
		if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || host == "" {
			return f.fault(where("acme", i), fmt.Sprintf("%q", at), "a name and a port, such as acme.example.com:443")
		}
	}
	return nil
}

func (f *ownFile) checkListeners() error {
	for i, l := range f.Listeners {
		for _, c := range []struct {
			key, got string
			want     []string
		}{
			{"protocol", l.Protocol, []string{gateway.HTTP11, gateway.HTTP10, gateway.HTTP2}},
			{"proxy-protocol", l.Proxied, []string{string(client.ProxyV1), string(client.ProxyV2)}},
		} {
			if c.got != "" && !slices.Contains(c.want, c.got) {
				return f.fault(
					where("listeners", i, c.key),
					fmt.Sprintf("%q", c.got),
					"one of "+strings.Join(c.want, ", "),
				)
			}
		}
	}
	return nil
}

func (f *ownFile) checkUpstreams() error {
	speaks := []string{
		string(upstream.HTTP1Spoken),
		string(upstream.HTTP2Spoken),
		string(upstream.FastCGISpoken),
		string(upstream.UWSGISpoken),
		string(upstream.SCGISpoken),
		string(upstream.OtherSpoken),
	}
	for i, u := range f.Upstreams {
		ways := 0
		for _, way := range []string{u.Host, u.Address, u.Socket} {
			if way != "" {
				ways++
			}
		}
		_, bad := netip.ParseAddr(u.Address)
		_, nobody := netip.ParseAddr(u.Nameserver)
		same := slices.IndexFunc(f.Upstreams, func(other gateway.Upstream) bool { return other.Name == u.Name })
		for _, c := range []struct {
			wrong     bool
			key       string
			got, want string
		}{
			{
				u.Name == "" || strings.Contains(u.Name, "/"), "name", fmt.Sprintf("%q", u.Name),
				"a name without a slash",
			},
			{same < i, "name", fmt.Sprintf("%q twice", u.Name), "a name of its own for each upstream"},
			{ways != 1, "name", fmt.Sprintf("%d of host, address and socket", ways), "one of them"},
			{u.Address != "" && bad != nil, "address", fmt.Sprintf("%q", u.Address), "an IP address; a name is a host"},
			{u.Socket == "" && u.Port == 0, "port", "none", "1 to 65535"},
			{
				!slices.Contains(speaks, u.Speaks), "speaks", fmt.Sprintf("%q", u.Speaks),
				"one of " + strings.Join(speaks, ", "),
			},
			{
				u.Looked != "" && u.Looked != gateway.AtStart && u.Looked != gateway.AtRunTime, "looked-up",
				fmt.Sprintf("%q", u.Looked), gateway.AtStart + " or " + gateway.AtRunTime,
			},
			{
				u.Idle != 0 && (u.Idle < time.Second || u.Idle > gateway.MostIdle), "idle", u.Idle.String(),
				fmt.Sprintf("%s to %s, or nothing for %s", time.Second, gateway.MostIdle, gateway.CommonIdle),
			},
			{
				u.Nameserver != "" && u.Nameserver != gateway.ResolvConf && nobody != nil, "nameserver",
				fmt.Sprintf("%q", u.Nameserver), "an IP address or " + gateway.ResolvConf,
			},
		} {
			if c.wrong {
				return f.fault(where("upstreams", i, c.key), c.got, c.want)
			}
		}
	}
	return nil
}

func (f *ownFile) checkProbes() error {
	names := f.linked()
	for _, u := range f.Upstreams {
		names = append(names, u.Name)
	}
	for i, p := range f.Probes {
		same := slices.IndexFunc(f.Probes, func(other gateway.Probe) bool { return other.Name == p.Name })
		switch {
		case p.Name == "" || strings.ContainsAny(p.Name, "/ "):
			return f.fault(where("probes", i, "name"), fmt.Sprintf("%q", p.Name), "a name without a slash or a space")
		case same < i:
			return f.fault(
				where("probes", i, "name"),
				fmt.Sprintf("%q twice", p.Name),
				"a name of its own for each probe",
			)
		case p.Protocol != "" && !slices.Contains(gateway.Protocols(), p.Protocol):
			return f.fault(
				where("probes", i, "protocol"),
				fmt.Sprintf("%q", p.Protocol),
				"one of "+strings.Join(gateway.Protocols(), ", "),
			)
		case p.Asks != "" && p.Asks != gateway.AsksOne && p.Asks != gateway.AsksAll:
			return f.fault(
				where("probes", i, "asks"),
				fmt.Sprintf("%q", p.Asks),
				gateway.AsksOne+" or "+gateway.AsksAll,
			)
		case (p.Expect.Status < 100 || p.Expect.Status > 599) && (p.Expect.Status != 0 || f.Kind() == gateway.KindOwn):
			return f.fault(where("probes", i, "expect"), fmt.Sprintf("status %d", p.Expect.Status), "100 to 599")
		}
		for _, name := range p.Upstreams {
			if !slices.Contains(names, name) {
				return f.fault(
					where("probes", i, "upstreams"),
					fmt.Sprintf("%q", name),
					"one of "+strings.Join(names, ", "),
				)
			}
		}
		if err := f.checkRoles(i, p); err != nil {
			return err
		}
		if err := f.checkRequest(where("probes", i), p); err != nil {
			return err
		}
	}
	return nil
}

// checkRequest checks what probes and blocks have in common.
func (f *ownFile) checkRequest(path []any, p gateway.Probe) error {
	below := func(key string) []any { return append(slices.Clone(path), key) }
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" || u.Scheme != gateway.SpeaksHTTP && u.Scheme != gateway.SpeaksHTTPS {
		return f.fault(below("url"), fmt.Sprintf("%q", p.URL), "a URL such as http://shop.example.com:8080/path")
	}
	if _, err := f.Listener(p); err != nil && f.Kind() == gateway.KindOwn {
		return f.fault(below("url"), fmt.Sprintf("%q", p.URL), "the port of one of the listeners")
	}
	if p.From != "" && !p.Client(0).IsValid() {
		return f.fault(below("from"), fmt.Sprintf("%q", p.From), "an IP address, or a network such as 203.0.113.0/24")
	}
	if p.Certificate != "" && u.Scheme != gateway.SpeaksHTTPS {
		return f.fault(below("client-certificate"), fmt.Sprintf("one for %s", p.URL), "a URL that begins with https://")
	}
	for _, m := range p.Methods {
		if m == "" || strings.ToUpper(m) != m || strings.ContainsAny(m, " \t") {
			return f.fault(below("methods"), fmt.Sprintf("%q", m), "methods such as GET and POST")
		}
	}
	return nil
}

func (f *ownFile) checkBlocks() error {
	for i := range f.Blocks {
		b := &f.Blocks[i]
		same := slices.IndexFunc(f.Blocks, func(other gateway.Block) bool { return other.Name == b.Name })
		if b.Expect == 0 {
			b.Expect = policy.Refusal.Statuses[0]
		}
		switch {
		case b.Name == "" || strings.ContainsAny(b.Name, "/ +@~"):
			return f.fault(where("blocks", i, "name"), fmt.Sprintf("%q", b.Name), "a name in kebab case")
		case same < i:
			return f.fault(
				where("blocks", i, "name"),
				fmt.Sprintf("%q twice", b.Name),
				"a name of its own for each block",
			)
		case faultNamed(b.Name):
			return f.fault(
				where("blocks", i, "name"),
				fmt.Sprintf("%q, which is an experiment of Gatequake's own", b.Name),
				"another name",
			)
		case b.Expect < 100 || b.Expect > 599:
			return f.fault(where("blocks", i, "expect"), fmt.Sprint(b.Expect), "100 to 599")
		}
		if err := f.checkRequest(where("blocks", i), b.Probe()); err != nil {
			return err
		}
	}
	return nil
}

func faultNamed(id string) bool {
	_, err := catalog.Find(id)
	return err == nil
}
