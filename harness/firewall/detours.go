package firewall

import "net/netip"

// Detours say where packets of a machine go that would not leave it, and how its loopback is reached. All are IPv4: the kernel lets no other loopback out.
type Detours struct {
	// Wire is the machine's interface to the world.
	Wire string
	// Nameservers get what is sent to port 53 of a loopback address, where local resolvers listen (Docker's, systemd's): each the one whose last bytes are the
	// same. It is as large as the loopback's network.
	Nameservers netip.Prefix
	// Neighbour gets every other TCP connection to a loopback address, at the same port, but for the ports that are kept.
	Neighbour netip.Addr
	// Door is an address of the machine's from which everything is led to 127.0.0.1, for listeners that are nowhere else.
	Door netip.Addr
}
