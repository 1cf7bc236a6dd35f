package site

import (
	"fmt"
	"net/netip"
	"path/filepath"

	"github.com/gatequake/gatequake/harness/client"
)

// Door is where a client connects that has the address source and speaks the bench's protocol.
func (b *Bench) Door(source netip.Addr) netip.AddrPort {
	switch {
	case b.Way.Protocol == client.H2:
		return b.Plan.GatewayTLS
	case b.Way.Protocol == client.H2C:
		return b.Plan.GatewayH2C
	case source.Is6():
		return b.Plan.Gateway6
	}
	return b.Plan.Gateway
}

// Curl returns the start of a curl command, and of the URL, with which a client that has the address asks as the
// bench's clients do.
func (b *Bench) Curl(from Client) (command, url string) {
	door := b.Door(b.Plan.Clients[from])
	switch b.Way.Protocol {
	case client.HTTP10:
		return "curl -i --http1.0", "http://" + door.String()
	case client.H2:
		return fmt.Sprintf(
			"curl -i --http2 --cacert %s --connect-to ::%s",
			filepath.Join(b.World.Dir, CaFile),
			door,
		), "https://" + GatewayHost
	case client.H2C:
		return "curl -i --http2-prior-knowledge", "http://" + door.String()
	}
	return "curl -i", "http://" + door.String()
}
