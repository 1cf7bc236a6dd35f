package lab

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/strain"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

func (s known) startUpstreams() (err error) {
	b := s.b
	if b.Authority, err = upstream.NewAuthority(); err != nil {
		return err
	}
	cert, err := b.Authority.Issue(upstream.Leaf{Names: []string{site.SecureHost}})
	if err != nil {
		return err
	}
	for _, p := range []struct {
		place **site.Endpoint
		at    netip.AddrPort
		o     upstream.Options
	}{
		{&b.Upstream, b.Plan.Upstream, upstream.Options{Name: site.UpstreamName, Workers: site.Workers}},
		{&b.Member2, b.Plan.Member2, upstream.Options{Name: site.Member2Name}},
		{&b.Member3, b.Plan.Member3, upstream.Options{Name: site.Member3Name}},
		{&b.Bystander, b.Plan.Bystander, upstream.Options{Name: "bystander"}},
		{
			&b.Secure, b.Plan.Secure,
			upstream.Options{Name: "secure", TLS: &tls.Config{Certificates: []tls.Certificate{cert}}},
		},
	} {
		if !p.at.IsValid() {
			continue
		}
		if *p.place, err = b.NewEndpoint(p.at, p.o); err != nil {
			return err
		}
	}
	return nil
}

func (s known) startHTTP2() error {
	b := s.b
	origin, err := upstream.StartHTTP2("127.0.0.1:0")
	if err != nil {
		return err
	}
	b.AtClose(func() { _ = origin.Close() })
	b.Record(origin)
	b.HTTP2, err = b.NewLink(b.Plan.HTTP2, origin.Addr())
	return err
}

func (s known) startSocket() (err error) {
	b := s.b
	if b.Socket, err = upstream.UnixSocket(b.Plan.Socket, b.Plan.Upstream.String()); err != nil {
		return err
	}
	b.AtClose(func() { _ = b.Socket.Close() })
	return nil
}

func (s known) startDNS() (err error) {
	b := s.b
	listen := b.Plan.Nameserver.String()
	if b.World.Sealed() {
		listen = ":53" // Whatever nameserver a configuration names, it is ours.
		if err := b.World.Names(b.Plan.Nameserver.Addr().String(), ""); err != nil {
			return err
		}
	}
	if b.DNS, err = dns.Start(listen); err != nil {
		return err
	}
	b.AtClose(func() { _ = b.DNS.Close() })
	b.DNS.SetFor(site.NamedHost, b.Plan.NamedFor, b.Plan.Upstream.Addr())
	b.DNS.Set(site.SecureHost, b.Plan.Secure.Addr())
	return nil
}

func (s known) startFirewall() (err error) {
	b := s.b
	if b.World.Lacks(world.Firewall) == "" {
		b.Firewall, err = firewall.New()
	}
	return err
}

// startAuth starts the service that says who may pass: 200, the one yes that every gateway understands (Envoy takes
// any other status for a no), or 403. It is no upstream: it stamps nothing, and what it is asked is not counted.
func (s known) startAuth() error {
	b := s.b
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{
		ReadHeaderTimeout: site.Patience,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get(site.DeniedUser.Name) == site.DeniedUser.Value {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, refusalPage)
			}
		}),
	}
	go func() { _ = server.Serve(strain.Listener{Listener: l}) }()
	b.AtClose(func() { _ = server.Close() })
	b.AuthService, err = b.NewLink(b.Plan.AuthService, l.Addr().String())
	return err
}

// files is the folder that they are in.
func (s known) files() string { return filepath.Join(s.b.World.Dir, "files") }

func (s known) startFiles() error {
	b := s.b
	if err := os.Mkdir(s.files(), 0o755); err != nil {
		return err
	}
	for name, mode := range map[string]os.FileMode{openFile: 0o644, lockedFile: 0} {
		path := filepath.Join(s.files(), name)
		if err := os.WriteFile(path, []byte("This is "+name+".\n"), 0o600); err != nil {
			return err
		}
		if err := os.Chmod(path, mode); err != nil { // Whatever the umask is.
			return err
		}
	}
	if os.Geteuid() != 0 || b.World.Sealed() {
		return nil
	}
	// A gateway that drops its privileges must get to its files in a portable world too: by their names, as nobody
	// else may list the folder.
	return os.Chmod(b.World.Dir, 0o711)
}

func (s known) startGateway() error {
	b := s.b
	ca := filepath.Join(b.World.Dir, site.CaFile)
	if err := os.WriteFile(ca, b.Authority.PEM(), 0o644); err != nil {
		return err
	}
	if b.World.Sealed() {
		if err := b.World.Trust(b.Authority.PEM()); err != nil {
			return err
		}
	}
	cert, err := s.certify()
	if err != nil {
		return err
	}
	b.Vars = gateway.Vars{
		Dir:          b.World.Dir,
		Listen:       b.Plan.Gateway,
		Upstream:     b.Plan.Upstream,
		Spare:        b.Plan.Member2,
		Third:        b.Plan.Member3,
		Bystander:    b.Plan.Bystander,
		Named:        b.Plan.Named,
		Resolver:     b.Plan.Nameserver,
		Secure:       b.Plan.Secure,
		SecureName:   site.SecureHost,
		CA:           ca,
		Socket:       b.Plan.Socket,
		DeniedIP:     b.Plan.Clients[site.DeniedIP],
		DeniedCIDR:   b.Plan.DeniedCIDR,
		DeniedAgent:  site.DeniedAgent,
		DeniedPath:   site.DeniedPath,
		Listen6:      b.Plan.Gateway6,
		DeniedIPv6:   b.Plan.Clients[site.DeniedIPv6],
		DeniedVPN:    b.Plan.VPN,
		DeniedMethod: site.DeniedMethod,
		GuardedPath:  site.GuardedPath,
		DroppedAgent: site.DroppedAgent,
		Files:        s.files(),
		Member:       site.UserName,
		Password:     site.Password,
		Auth:         b.Plan.AuthService,
		ListenTLS:    b.Plan.GatewayTLS,
		ListenH2C:    b.Plan.GatewayH2C,
		ServerCert:   cert,
		HTTP2:        b.Plan.HTTP2,
		Root:         os.Geteuid() == 0 && b.World.Sealed(),
	}
	return s.launch(b.Vars)
}

func (s known) launch(v gateway.Vars) error {
	b := s.b
	start := b.Definition.Start
	if b.Reloads {
		if b.Definition.Reload.Sealed && !b.World.Sealed() {
			return fmt.Errorf(
				"reload %s: what it shares with its successor is the machine's: %w",
				b.Definition.Name,
				errors.ErrUnsupported,
			)
		}
		start = b.Definition.StartToReload
	}
	p, err := start(b.Setting, v)
	if err != nil {
		return err
	}
	b.Watch(p)
	return nil
}

// certify makes the certificate that the gateway shows its clients, who will trust it, and returns the file that
// holds it: PEM, its key included.
func (s known) certify() (file string, err error) {
	b := s.b
	cert, err := b.Authority.Issue(upstream.Leaf{Names: []string{site.GatewayHost}})
	if err != nil {
		return "", err
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return "", err
	}
	if b.Way.Protocol == client.H2 {
		b.Way.TLS = &tls.Config{RootCAs: b.Authority.Pool(), ServerName: site.GatewayHost}
	}
	text := slices.Concat(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	file = filepath.Join(b.World.Dir, "gateway.pem")
	return file, os.WriteFile(
		file,
		text,
		0o644,
	) // Gateways read it that are another user; it is of no use to anybody after this experiment.
}
