package gateway

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"text/template"
)

// Vars is what a gateway's command and templates can use.
type Vars struct {
	// Dir is the folder for the gateway's files and logs; the rendered templates are in it.
	Dir string
	// Listen is where clients connect; Listen6 is where they do over IPv6, and not valid in a world without.
	Listen, Listen6 netip.AddrPort
	// ListenTLS is where clients connect that speak HTTP/2 over TLS, ListenH2C where those do that speak it in
	// plain text, with nothing agreed before.
	ListenTLS, ListenH2C netip.AddrPort
	// ServerCert is the file of the gateway's own certificate, for ListenTLS: PEM, with its key in it.
	ServerCert string
	// Upstream serves /, Bystander serves /bystander/.
	Upstream, Bystander netip.AddrPort
	// Spare and Upstream, in turns, serve /balanced/; Third does, too, where it is valid.
	Spare, Third netip.AddrPort
	// Named serves /named/: the same upstream, found by name at run time.
	Named Name
	// Resolver is the nameserver for it.
	Resolver netip.AddrPort
	// Secure serves /secure/ over TLS; its certificate is for SecureName, from the authority in the file CA.
	Secure     netip.AddrPort
	SecureName string
	CA         string
	// Socket is the path of the Unix socket that serves /unix/.
	Socket string
	// Down is true when every member of the pool that serves / is marked as not to be asked.
	Down bool
	// DeniedIP and DeniedCIDR may not have anything; DeniedAgent is refused by its User-Agent; DeniedPath (and
	// what is below it) is refused to all.
	DeniedIP    netip.Addr
	DeniedCIDR  netip.Prefix
	DeniedAgent string
	DeniedPath  string
	// DeniedIPv6 and DeniedVPN, the range that a VPN's exits are in, may not have anything either.
	DeniedIPv6 netip.Addr
	DeniedVPN  netip.Prefix
	// DeniedMethod is refused by policy on every path.
	DeniedMethod string
	// GuardedPath (and what is below it) is refused to all, however a client writes it; its case does not matter.
	GuardedPath string
	// DroppedAgent gets no answer at all, by its User-Agent.
	DroppedAgent string
	// Files is the folder that /files/ serves; one of the files in it is not readable.
	Files string
	// Member and Password are the credentials (RFC 7617) that /members/ asks for.
	Member, Password string
	// Auth is a service that says whether a request to /vouched/, an upstream's path otherwise, may pass: 2xx or
	// 403 by the Cookie field.
	Auth netip.AddrPort
	// HTTP2 serves /h2/, and calls of gRPC to /grpc/: an upstream that speaks HTTP/2 in plain text, with nothing
	// agreed before, and nothing else.
	HTTP2 netip.AddrPort
	// PID is the process that a successor takes over from, and Epoch how many there were before it; see Reload.
	PID, Epoch int
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

// slip shortens an error of a template to file:line: what is wrong.
func slip(err error) string {
	text := executing.ReplaceAllString(strings.TrimPrefix(err.Error(), "template: "), "")
	return strings.Replace(text, "can't evaluate field ", "there is no variable .", 1)
}

var executing = regexp.MustCompile(`executing "[^"]*" at <[^>]*>: | in type gateway\.Vars$`)

// render fills one template.
func render(name, text string, v Vars) (string, error) {
	t, err := template.New(name).Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("parse template: %s", slip(err))
	}
	var out strings.Builder
	if err := t.Execute(&out, v); err != nil {
		return "", fmt.Errorf("render template: %s", slip(err))
	}
	return out.String(), nil
}
