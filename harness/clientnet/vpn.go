package clientnet

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/world"
)

// VPN is a hop that a client lets everything go through, with an address of its own that the site takes for the
// client's. It is a forward proxy (RFC 9110, section 3.7) on a host beside the provider's: it takes requests in
// absolute form, and tunnels (CONNECT).
//
//	browser ──> router ──> provider ──> VPN ──> provider ──tap──> site
type VPN struct {
	// EgressIP is the address that the site sees, at which the proxy also listens.
	EgressIP netip.Addr

	host    *world.Host
	network *Network
	dialer  func(ctx context.Context, network, address string) (net.Conn, error)
}

const (
	// vpnPort is where forward proxies listen by custom.
	vpnPort = 3128
	// vpnName is what the VPN calls itself in Via (RFC 9110, section 7.6.3) and in Proxy-Status (RFC 9209).
	vpnName = "vpn"
	// vpnPatience is how long the VPN tries to connect: less than any of its clients waits.
	vpnPatience = 3 * time.Second
)

// NewVPN starts a VPN with the exit's address. It ends with the network.
func (n *Network) NewVPN(egress netip.Addr) (*VPN, error) {
	v := &VPN{EgressIP: egress, network: n}
	for _, step := range []func() error{v.connect, v.listen} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("start VPN: %w", err)
		}
	}
	return v, nil
}

// Destination is where the VPN takes requests.
func (v *VPN) Destination() Destination { return Destination{At: v.EgressIP, Port: vpnPort} }

// At is where the VPN listens.
func (v *VPN) At() netip.AddrPort { return netip.AddrPortFrom(v.EgressIP, vpnPort) }

func (v *VPN) connect() (err error) {
	n, bits := v.network, v.EgressIP.BitLen()
	if v.host, err = n.world.NewHost(); err != nil {
		return err
	}
	peer := otherEnd(v.EgressIP)
	if err := n.world.Connect(
		world.End{Host: v.host, Name: toProvider, At: netip.PrefixFrom(v.EgressIP, bits-1)},
		world.End{Host: n.Provider, Name: cable(v.EgressIP), At: netip.PrefixFrom(peer, bits-1)},
	); err != nil {
		return err
	}
	for _, a := range []netip.Addr{v.EgressIP, peer} {
		if err := (*world.Host)(nil).Route(netip.PrefixFrom(a, bits), n.siteCable, n.providerAt.Addr()); err != nil {
			return err
		}
	}
	return v.host.Route(everywhere, toProvider, peer)
}

func (v *VPN) listen() error {
	v.dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, vpnPatience)
		defer cancel()
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		var found dns.Reply
		if err := v.host.Do(func() (err error) {
			found, err = dns.Ask(ctx, netip.AddrPortFrom(otherEnd(v.network.EgressIP), nameservice).String(), host, typeA)
			return err
		}); err != nil {
			return nil, err
		}
		if len(found.Addresses) == 0 {
			return nil, &net.DNSError{Err: found.Rcode, Name: host}
		}
		return dialFrom(v.host)(ctx, network, net.JoinHostPort(firstAddress(found), port))
	}
	var l net.Listener
	if err := v.host.Do(func() (err error) {
		l, err = net.Listen("tcp4", fmt.Sprintf(":%d", vpnPort))
		return err
	}); err != nil {
		return err
	}
	s := &http.Server{Handler: v.proxy(), ReadHeaderTimeout: replyLimit}
	go func() { _ = s.Serve(l) }()
	v.network.closers = append(v.network.closers, s.Close)
	return nil
}

// Break takes the VPN's way to the site away: what it sends is lost.
func (v *VPN) Break() (mend func() error, err error) {
	return v.network.AtProvider.Apply(firewall.Rule{
		From: netip.PrefixFrom(v.EgressIP, v.EgressIP.BitLen()),
		To:   v.network.sitePrefix(), Verdict: firewall.Drop,
	})
}

// Broken proves that the VPN, and nobody else, has no way to the site.
func (v *VPN) Broken(ctx context.Context) (string, error) {
	if conn, err := v.network.dial(ctx, v.host, silenceWindow); !isLate(err) {
		if err == nil {
			_ = conn.Close()
		}
		return "", fmt.Errorf("dial the site from the VPN: got %w, want no reply in %s", orNone(err), silenceWindow)
	}
	conn, err := v.network.dial(ctx, v.network.Computer, replyLimit)
	if err != nil {
		return "", fmt.Errorf("dial the site from the computer: %w", err)
	}
	return fmt.Sprintf("Gatequake's own dial from the VPN: no reply in %s; from the computer: "+
		"connected", silenceWindow), conn.Close()
}
