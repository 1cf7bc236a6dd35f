package gateway

import (
	"net/netip"
	"slices"
	"strconv"
)

// Addresses in an own gateway's world, all for documentation or tests (RFC 5737, 3849, 2544).
var (
	// Door and Door6 are the machine's own; LoopbackDoor leads to its 127.0.0.1, LoopbackDoor6 to its ::1.
	Door          = netip.MustParseAddr("192.0.2.80")
	Door6         = netip.MustParseAddr("2001:db8::80")
	LoopbackDoor  = netip.MustParseAddr("192.0.2.81")
	LoopbackDoor6 = netip.MustParseAddr("2001:db8::81")
	// Client6 is where clients come from that have to come over IPv6.
	Client6 = netip.MustParseAddr("2001:db8:c::10")
	// Neighbours are where those upstreams are that the gateway dials on its own loopback, each with the same last
	// bytes; the network is as reserved as that of LoopbackNameservers. Neighbour6 is where the one at ::1 is, and
	// Sockets where those are that it reaches by a Unix socket.
	Neighbours = netip.MustParsePrefix("241.0.0.0/8")
	Neighbour6 = netip.MustParseAddr("2001:db8::127")
	Sockets    = netip.MustParseAddr("192.0.2.128")
	// Nameserver is who the system asks.
	Nameserver = netip.MustParseAddrPort("192.0.2.53:53")
	// LoopbackNameservers are those that it asks on its own loopback, each with the same last bytes. The network
	// is reserved (RFC 1112), and nobody's.
	LoopbackNameservers = netip.MustParsePrefix("240.0.0.0/8")
	LoopbackNameserver6 = netip.MustParseAddr("2001:db8::53")
	// Certifier is where those are who issue certificates by ACME.
	Certifier = netip.MustParseAddr("192.0.2.129")
	// Named is the network of the upstreams that have names.
	Named = netip.MustParsePrefix("198.18.0.0/15")
)

// firstSocketPort is the port of the first upstream behind a Unix socket.
const firstSocketPort = 8000

// At returns where the upstream stands in a world.
func (o *Own) At(u Upstream) netip.AddrPort {
	switch {
	case u.Socket != "":
		place := slices.IndexFunc(o.Upstreams, func(other Upstream) bool { return other.Socket == u.Socket })
		return netip.AddrPortFrom(Sockets, firstSocketPort+uint16(place))
	case u.Host != "":
		return netip.AddrPortFrom(o.Hosts()[u.Host], u.Port)
	}
	a, err := netip.ParseAddr(u.Address)
	switch {
	case err == nil && a.Is4() && a.IsLoopback():
		a = moved(a, Neighbours)
	case err == nil && a.IsLoopback():
		a = Neighbour6
	}
	return netip.AddrPortFrom(a, u.Port)
}

// CalledBy lists what the upstream's certificate may have to be for: the name that is asked for, the host, or
// the address. There is one at least.
func (u Upstream) CalledBy() []string {
	all := []string{}
	for _, name := range []string{u.SNI, u.Host, u.Address} {
		if name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	if len(all) == 0 {
		all = append(all, "localhost") // Behind a Unix socket.
	}
	return all
}

// Local reports whether the upstream is on the gateway's own machine.
func (u Upstream) Local() bool {
	a, err := netip.ParseAddr(u.Address)
	return u.Socket != "" || err == nil && a.IsLoopback()
}

// NameserverAt returns where whoever answers stands in a world when the nameserver is asked: ResolvConf, or an address.
func NameserverAt(nameserver string) netip.AddrPort {
	a, err := netip.ParseAddr(nameserver)
	switch {
	case err != nil:
		return Nameserver
	case a.Is4() && a.IsLoopback():
		a = moved(a, LoopbackNameservers)
	case a.IsLoopback():
		a = LoopbackNameserver6
	}
	return netip.AddrPortFrom(a, Nameserver.Port())
}

// NameserverCalled is the nameserver that is asked at the address, as NameserverAt takes it.
func NameserverCalled(at netip.Addr) string {
	switch {
	case at == Nameserver.Addr():
		return ResolvConf
	case at == LoopbackNameserver6:
		at = netip.IPv6Loopback()
	case LoopbackNameservers.Contains(at):
		at = moved(at, loopback)
	}
	return at.String()
}

// LoopbackOf is the loopback address behind one of Neighbours, or Neighbour6; any other is returned as it is.
func LoopbackOf(a netip.Addr) netip.Addr {
	switch {
	case a == Neighbour6:
		return netip.IPv6Loopback()
	case Neighbours.Contains(a):
		return moved(a, loopback)
	}
	return a
}

// loopback is the loopback's network.
var loopback = netip.MustParsePrefix("127.0.0.0/8")

// moved is the address in the other network, which is as large as the loopback's, with the same last bytes.
func moved(a netip.Addr, network netip.Prefix) netip.Addr {
	b := a.As4()
	b[0] = network.Addr().As4()[0]
	return netip.AddrFrom4(b)
}

// Hosts returns the address of each name.
func (o *Own) Hosts() map[string]netip.Addr {
	all, next := map[string]netip.Addr{}, Named.Addr()
	for _, u := range o.Upstreams {
		if _, known := all[u.Host]; u.Host != "" && !known {
			next = next.Next()
			all[u.Host] = next
		}
	}
	return all
}

// Where says how the gateway finds the upstream, for people.
func (u Upstream) Where() string {
	switch {
	case u.Socket != "":
		return "unix:" + u.Socket
	case u.Host != "":
		return u.Host + ":" + strconv.Itoa(int(u.Port))
	}
	a, _ := netip.ParseAddr(u.Address)
	return netip.AddrPortFrom(a, u.Port).String()
}

// Door returns where clients connect to reach the listener.
func (l Listener) Door() netip.AddrPort {
	a := l.At.Addr()
	switch {
	case a.IsUnspecified() && a.Is4():
		a = Door
	case a.IsUnspecified():
		a = Door6
	case a.Is4() && a.IsLoopback():
		a = LoopbackDoor
	case a.IsLoopback():
		a = LoopbackDoor6
	}
	return netip.AddrPortFrom(a, l.At.Port())
}

// DoorFor is Door for a client that has the address source: who listens on all addresses is reached over either family,
// unless it takes only one.
func (l Listener) DoorFor(source netip.Addr) netip.AddrPort {
	door := l.Door()
	if l.At.Addr().IsUnspecified() && source.IsValid() {
		door = netip.AddrPortFrom(Door, door.Port())
		if source.Is6() {
			door = netip.AddrPortFrom(Door6, door.Port())
		}
	}
	return door
}
