package harness

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
)

// overProtocols are the experiments that are made over every protocol that a client may speak: one for each kind of answer that a protocol has its own form
// for. They are an error page at once, one after a wait, a body that is cut, an answer that nobody can read, an answer that is passed on, and a refusal.
var overProtocols = []string{"refused", "silent-after-accept", "reset-mid-body", "short-chunked", "garbage", "error-500", "user-agent-deny"}

// spoken are the protocols besides HTTP/1.1, with what is to be said of each, and the variable of a gateway's templates that opens the door for it.
var spoken = []struct {
	client.Protocol
	about, variable string
}{
	{client.HTTP10, "HTTP/1.0", ""},
	{client.H2, "HTTP/2 over TLS", "ListenTLS"},
	{client.H2C, "HTTP/2 in plain text", "ListenH2C"},
}

// overEach returns e over each of the protocols besides HTTP/1.1, if it is one that is made so.
func (e Experiment) overEach() []Experiment {
	all := []Experiment{}
	for _, p := range spoken {
		if slices.Contains(overProtocols, e.ID) {
			over := e
			over.ID, over.Protocol = e.ID+"~"+string(p.Protocol), p.Protocol
			all = append(all, over)
		}
	}
	return all
}

// aboutProtocol completes a title.
func (e Experiment) aboutProtocol() string {
	for _, p := range spoken {
		if p.Protocol == e.Protocol {
			return ", and the client speaks " + p.about
		}
	}
	return ""
}

// cannot tells why the gateway cannot express the experiment in the setting, or "".
func (e Experiment) cannot(d *gateway.Definition, setting string) string {
	for _, key := range []string{e.Base(), e.ID, "~" + string(e.Protocol)} {
		if reason := d.Cannot[key]; reason != "" {
			return reason
		}
	}
	if d.Own != nil {
		return ""
	}
	if route := e.route(); (route == RouteHTTP2 || route == RouteGRPC) && !d.Uses(setting, "HTTP2") {
		return fmt.Sprintf("nothing in %s leads to {{.HTTP2}}, the upstream that speaks HTTP/2", setting)
	}
	for _, p := range spoken {
		if p.Protocol == e.Protocol && p.variable != "" && !d.Uses(setting, p.variable) {
			return fmt.Sprintf("nothing in %s listens at {{.%s}}, where clients of %s connect", setting, p.variable, p.about)
		}
	}
	return ""
}

// door is where a client connects that has the address source and speaks the bench's protocol.
func (b *Bench) door(source netip.Addr) netip.AddrPort {
	switch {
	case b.way.Protocol == client.H2:
		return b.Plan.GatewayTLS
	case b.way.Protocol == client.H2C:
		return b.Plan.GatewayH2C
	case source.Is6():
		return b.Plan.Gateway6
	}
	return b.Plan.Gateway
}

// Curl returns the start of a curl command, and of the URL, with which a client that has the address asks as the bench's clients do.
func (b *Bench) Curl(from Client) (command, url string) {
	door := b.door(b.Plan.Clients[from])
	switch b.way.Protocol {
	case client.HTTP10:
		return "curl -i --http1.0", "http://" + door.String()
	case client.H2:
		return fmt.Sprintf("curl -i --http2 --cacert %s --connect-to ::%s", filepath.Join(b.World.Dir, caFile), door), "https://" + gatewayHost
	case client.H2C:
		return "curl -i --http2-prior-knowledge", "http://" + door.String()
	}
	return "curl -i", "http://" + door.String()
}

// certify makes the certificate that the gateway shows its clients, who will trust it, and returns the file that holds it: PEM, its key included.
func (b *Bench) certify() (file string, err error) {
	cert, err := b.Authority.Issue(upstream.Leaf{Names: []string{gatewayHost}})
	if err != nil {
		return "", err
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return "", err
	}
	if b.way.Protocol == client.H2 {
		b.way.TLS = &tls.Config{RootCAs: b.Authority.Pool(), ServerName: gatewayHost}
	}
	text := slices.Concat(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	file = filepath.Join(b.World.Dir, "gateway.pem")
	return file, os.WriteFile(file, text, 0o644) // Gateways read it that are another user; it is of no use to anybody after this experiment.
}
