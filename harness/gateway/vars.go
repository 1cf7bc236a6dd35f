package gateway

import (
	"fmt"
	"net/netip"
	"strings"
	"text/template"
)

// Vars is what a gateway's command and templates can use.
type Vars struct {
	// Dir is the folder for the gateway's files and logs; the rendered templates are in it.
	Dir string
	// Listen is where clients connect.
	Listen netip.AddrPort
	// Upstream serves /, Bystander serves /bystander/.
	Upstream, Bystander netip.AddrPort
	// Named serves /named/: the same upstream, found by name at run time.
	Named Name
	// Resolver is the nameserver for it.
	Resolver netip.AddrPort
	// Secure serves /secure/ over TLS; its certificate is for SecureName, from the authority in the file CA.
	Secure     netip.AddrPort
	SecureName string
	CA         string
	// DeniedIP and DeniedCIDR may not have anything; DeniedAgent is refused by its User-Agent; DeniedPath (and what is below it) is refused to all.
	DeniedIP    netip.Addr
	DeniedCIDR  netip.Prefix
	DeniedAgent string
	DeniedPath  string
	// Root is true when the gateway starts as root and so can drop to another user.
	Root bool
}

// Name is a host name and a port.
type Name struct {
	Host string
	Port uint16
}

// String returns host:port.
func (n Name) String() string { return fmt.Sprintf("%s:%d", n.Host, n.Port) }

// render fills one template.
func render(name, text string, v Vars) (string, error) {
	t, err := template.New(name).Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("parse template: %w", err)
	}
	var out strings.Builder
	if err := t.Execute(&out, v); err != nil {
		return "", fmt.Errorf("render template: %w", err)
	}
	return out.String(), nil
}
