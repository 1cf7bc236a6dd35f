package harness

import (
	"fmt"
	"net"
	"net/netip"
	"os"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/world"
)

// Plan is who lives where in a world.
type Plan struct {
	// Gateway is where clients connect.
	Gateway netip.AddrPort
	// Upstream, Bystander and Secure are the addresses that the gateway dials: the links listen there.
	Upstream, Bystander, Secure netip.AddrPort
	// Named leads to Upstream through Nameserver.
	Named      gateway.Name
	Nameserver netip.AddrPort
	// Nobody is an address of the upstream's host at which nothing listens.
	Nobody netip.AddrPort
	// Clients are the addresses that clients come from; BannedNet is the denied prefix.
	Clients   map[Client]netip.Addr
	BannedNet netip.Prefix
}

// Names of the world's servers. The top-level domain is reserved for tests (RFC 6761, section 6.2).
const (
	namedHost  = "orders.upstream.test"
	secureHost = "secure.upstream.test"
)

// Headers that a refusal is made by.
const (
	browserAgent = "Mozilla/5.0 (X11; Linux x86_64) Gatequake"
	crawlerAgent = "BadBot/1.0"
	deniedAgent  = "BadBot"
	deniedPath   = "/admin"
)

// planFor lays out a world: fixed, readable addresses from the documentation ranges (RFC 5737) in a sealed one, free ports of the loopback address in a
// portable one.
func planFor(w *world.World) (Plan, error) {
	if !w.Sealed() {
		return portablePlan()
	}
	return Plan{
		Gateway:    netip.MustParseAddrPort("192.0.2.80:80"),
		Upstream:   netip.MustParseAddrPort("198.51.100.11:8080"),
		Bystander:  netip.MustParseAddrPort("198.51.100.12:8080"),
		Secure:     netip.MustParseAddrPort("198.51.100.13:8443"),
		Nobody:     netip.MustParseAddrPort("198.51.100.11:8099"),
		Named:      gateway.Name{Host: namedHost, Port: 8080},
		Nameserver: netip.MustParseAddrPort("192.0.2.53:53"),
		Clients:    clients("203.0.113."),
		BannedNet:  netip.MustParsePrefix("203.0.113.64/26"),
	}, nil
}

// clients picks the clients' addresses in the /24 that starts with net: .9 is denied, and so is .64 to .127.
func clients(net string) map[Client]netip.Addr {
	all := map[Client]netip.Addr{}
	for c, host := range map[Client]int{Anyone: 10, Banned: 9, Neighbour: 8, InBannedNet: 70, BesideNet: 63} {
		all[c] = netip.MustParseAddr(fmt.Sprintf("%s%d", net, host))
	}
	return all
}

// Ports of a portable plan. They lie below the range from which systems take ports for outgoing connections (32768 on Linux, 49152 elsewhere), so that a
// port found free stays free.
const (
	firstPort  = 10000
	blockCount = 2000
	blockSize  = 8
)

// portablePlan takes a block of ports that no other process of this machine uses; processes start looking at different places.
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
			Gateway: at(0), Upstream: at(1), Bystander: at(2), Secure: at(3), Nobody: at(4), Nameserver: at(5),
			Named:     gateway.Name{Host: namedHost, Port: base + 1},
			Clients:   c,
			BannedNet: netip.MustParsePrefix("127.0.0.64/26"),
		}, nil
	}
	return Plan{}, fmt.Errorf("find free ports: none of %d blocks of %d from port %d on is free", blockCount, blockSize, firstPort)
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

// secrets are the internal addresses and names that a page for clients must not name.
func (b *Bench) secrets() []string {
	all := []string{namedHost, secureHost}
	for _, at := range []netip.AddrPort{b.Plan.Upstream, b.Plan.Bystander, b.Plan.Secure, b.Plan.Nobody} {
		if b.World.Sealed() {
			all = append(all, at.Addr().String()) // Nobody but the upstream has it.
		} else {
			all = append(all, at.String())
		}
	}
	return all
}
