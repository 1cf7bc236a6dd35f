package firewall

import "net/netip"

// Detours say where packets of a machine go that would not leave it, and how its loopback is reached.
type Detours struct {
	// Wire is the machine's interface to the world.
	Wire string
	// Nameservers get what is sent to port 53 of a loopback address, where local resolvers listen (Docker's,
	// systemd's): each the one whose last bytes are the same. It is as large as the loopback's network.
	Nameservers netip.Prefix
	// Nameserver6 gets what is sent to port 53 of ::1.
	Nameserver6 netip.Addr
	// Neighbours get every other TCP connection to a loopback address of IPv4, at the same port, but for the ports that
	// are kept: each the one whose last bytes are the same, so that 127.0.0.2 is another than 127.0.0.1. It is as large
	// as the loopback's network. Neighbour6 gets those to ::1. The way back from there takes a route to ::1 through the
	// wire (world.Machine has it).
	Neighbours netip.Prefix
	Neighbour6 netip.Addr
	// Listener and Listener6 are addresses of the machine's from which every packet is redirected to 127.0.0.1 and ::1,
	// for listeners that are nowhere else.
	Listener, Listener6 netip.Addr
}
