package own

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/gatequake/gatequake/harness/site"
)

// secrets are what an answer of a gateway of the user's own must not tell. The names by which clients call it are none.
func (d *Described) secrets() []site.Secret {
	all := []site.Secret{}
	public := d.publicNames()
	for _, u := range d.Upstreams {
		if !public[strings.ToLower(u.Name)] {
			all = append(all, site.SecretName(u.Name, 0))
		}
		switch {
		case u.Socket != "":
			all = append(all, site.SecretText("the upstream's socket", u.Socket))
			continue
		case u.Host == "":
			a, _ := netip.ParseAddr(u.Address)
			all = append(all, site.SecretsAt(netip.AddrPortFrom(a, u.Port))...)
		case !public[strings.ToLower(u.Host)]:
			all = append(all, site.SecretName(u.Host, u.Port))
		}
		all = append(all, site.SecretsAt(d.At(u))...)
	}
	return all
}

// publicNames are those by which clients call the gateway.
func (d *Described) publicNames() map[string]bool {
	all := map[string]bool{}
	urls := []string{}
	for _, p := range d.Probes {
		urls = append(urls, p.URL)
	}
	for _, b := range d.Blocks {
		urls = append(urls, b.URL)
	}
	for _, text := range urls {
		if u, err := url.Parse(text); err == nil {
			all[strings.ToLower(u.Hostname())] = true
		}
	}
	return all
}
