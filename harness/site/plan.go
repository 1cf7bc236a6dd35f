package site

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/upstream"
	"github.com/gatequake/gatequake/harness/world"
)

// Plan is who lives where in a world.
type Plan struct {
	// Gateway is where clients connect; Gateway6 is where those do that have an IPv6 address, and not valid in a
	// portable world.
	Gateway, Gateway6 netip.AddrPort
	// GatewayTLS and GatewayH2C are where those do that speak HTTP/2, over TLS and in plain text.
	GatewayTLS, GatewayH2C netip.AddrPort
	// Upstream, Bystander and Secure are the addresses that the gateway dials: the links listen there.
	Upstream, Bystander, Secure netip.AddrPort
	// Member2 is the other member, besides Upstream, of the pool of the balanced route.
	Member2 netip.AddrPort
	// Member3 is one more member of that pool; not valid where it has two, as it has unless AddMember3 was called.
	Member3 netip.AddrPort
	// Named leads to Upstream through Nameserver.
	Named      gateway.Name
	Nameserver netip.AddrPort
	// BrokenName is the name that faults of the nameserver's answers are about: "" is every name.
	BrokenName string
	// Socket is the path of the Unix socket that leads to Upstream; "" where none does.
	Socket string
	// SecureNames are those that the certificate of Secure is for, the one first that it must be for.
	SecureNames []string
	// UpstreamTLS is true when the gateway speaks TLS to Upstream.
	UpstreamTLS bool
	// UpstreamSpeaks is the language that the gateway speaks to Upstream; empty for HTTP/1.
	UpstreamSpeaks upstream.Language
	// HTTP2 is an upstream that speaks HTTP/2 in plain text.
	HTTP2 netip.AddrPort
	// NamedFor is the time to live of Named's address. The zero value is what experiments want that look at a fault
	// of names.
	NamedFor time.Duration
	// Nobody is an address of the upstream's host at which nothing listens.
	Nobody netip.AddrPort
	// Stranger is the address of another machine, at which nothing listens.
	Stranger netip.Addr
	// Unroutable is an IPv6 address that no route leads to once it is unrouted; only a sealed world has one.
	Unroutable netip.Addr
	// AuthService is a service that the gateway asks about some requests before it lets them pass.
	AuthService netip.AddrPort
	// member3 is where Member3 is, if there is one.
	member3 netip.AddrPort
	// Clients are the addresses that clients come from; DeniedCIDR is the denied prefix, VPN the denied range of a
	// VPN's exits.
	Clients         map[Client]netip.Addr
	DeniedCIDR, VPN netip.Prefix
}

// Names of the world's servers. The top-level domain is reserved for tests (RFC 6761, section 6.2).
const (
	NamedHost   = "orders.upstream.test"
	SecureHost  = "secure.upstream.test"
	GatewayHost = "gateway.test"
)

// Headers that a refusal is made by.
const (
	browserAgent = "Mozilla/5.0 (X11; Linux x86_64) Gatequake"
	otherAgent   = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Gatequake"
	searchAgent  = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" // as Google documents it
	crawlerAgent = "BadBot/1.0"
	DeniedAgent  = "BadBot"
	spammerAgent = "SpamBot/1.0"
	DroppedAgent = "SpamBot"
	DeniedPath   = "/admin"
	GuardedPath  = "/secret"
	DeniedMethod = "DELETE"
	UserName     = "member"
	Password     = "open-sesame"
)

// planFor lays out a world: fixed, readable addresses from the documentation ranges (RFC 5737) in a sealed one, free
// ports of the loopback address in a portable one.
func planFor(w *world.World) (Plan, error) {
	if !w.Sealed() {
		return portablePlan()
	}
	return Plan{
		Gateway:     netip.MustParseAddrPort("192.0.2.80:80"),
		Gateway6:    netip.MustParseAddrPort("[2001:db8::80]:80"),
		GatewayTLS:  netip.MustParseAddrPort("192.0.2.80:443"),
		GatewayH2C:  netip.MustParseAddrPort("192.0.2.80:8081"),
		Upstream:    netip.MustParseAddrPort("198.51.100.11:8080"),
		Bystander:   netip.MustParseAddrPort("198.51.100.12:8080"),
		Secure:      netip.MustParseAddrPort("198.51.100.13:8443"),
		AuthService: netip.MustParseAddrPort("198.51.100.14:8080"),
		HTTP2:       netip.MustParseAddrPort("198.51.100.15:8080"),
		Member2:     netip.MustParseAddrPort("198.51.100.16:8080"),
		member3:     netip.MustParseAddrPort("198.51.100.17:8080"),
		Nobody:      netip.MustParseAddrPort("198.51.100.11:8099"),
		Stranger:    netip.MustParseAddr("198.51.100.99"),
		Unroutable:  netip.MustParseAddr("2001:db8:bad::11"),
		Named:       gateway.Name{Host: NamedHost, Port: 8080},
		Nameserver:  netip.MustParseAddrPort("192.0.2.53:53"),
		Clients:     clients("203.0.113."),
		DeniedCIDR:  netip.MustParsePrefix("203.0.113.64/26"),
		VPN:         netip.MustParsePrefix("203.0.113.192/27"),
	}, nil
}

// clients picks the clients' addresses in the /24 that starts with net: .9 is denied, and so are .64 to .127 and, as
// the exits of a VPN, .192 to .223. Those of IPv6 are from the documentation range (RFC 3849), and of use only in a
// sealed world.
func clients(net string) map[Client]netip.Addr {
	all := map[Client]netip.Addr{
		DeniedIPv6: netip.MustParseAddr("2001:db8:113::9"),
		Neighbour6: netip.MustParseAddr("2001:db8:113::8"),
	}
	for c, host := range map[Client]int{
		Anyone: 10, DeniedIP: 9, Neighbour: 8, InDeniedCIDR: 70, OutsideDeniedCIDR: 63, AtHome: 20, BehindVPN: 200,
	} {
		all[c] = netip.MustParseAddr(fmt.Sprintf("%s%d", net, host))
	}
	return all
}

// Ports of a portable plan. They lie below the range from which systems take ports for outgoing connections (32768 on
// Linux, 49152 elsewhere), so that a port found free stays free.
const (
	firstPort  = 10000
	blockCount = 2000
	blockSize  = 12
)

// portablePlan takes a block of ports that no other process of this machine uses; processes start looking at
// different places.
func portablePlan() (Plan, error) {
	for i := range blockCount {
		base := uint16(firstPort + (os.Getpid()+i)%blockCount*blockSize)
		if !free(base) {
			continue
		}
		at := func(n uint16) netip.AddrPort {
			return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), base+n)
		}
		c := clients("127.0.0.")
		c[Anyone] = at(0).Addr() // Systems that have no other loopback address can still make clients.
		return Plan{
			Gateway: at(
				0,
			),
			Upstream:    at(1),
			Bystander:   at(2),
			Secure:      at(3),
			Nobody:      at(4),
			Nameserver:  at(5),
			AuthService: at(6),
			GatewayTLS:  at(7),
			GatewayH2C:  at(8),
			HTTP2:       at(9),
			Member2:     at(10),
			member3:     at(11),
			Named:       gateway.Name{Host: NamedHost, Port: base + 1},
			Stranger: netip.MustParseAddr(
				"127.0.0.99",
			), // Linux answers for all of 127.0.0.0/8, and our servers are at 127.0.0.1.
			Clients:    c,
			DeniedCIDR: netip.MustParsePrefix("127.0.0.64/26"),
			VPN:        netip.MustParsePrefix("127.0.0.192/27"),
		}, nil
	}
	return Plan{}, fmt.Errorf(
		"find free ports: none of %d blocks of %d from port %d on is free",
		blockCount,
		blockSize,
		firstPort,
	)
}

func free(base uint16) bool {
	for p := base; p < base+blockSize; p++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
		if err != nil {
			return false
		}
		_ = l.Close()
	}
	return true
}
