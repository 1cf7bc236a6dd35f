package firewall

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// detours is the table of redirections, apart from the firewall's own table.
var detours = &nftables.Table{Name: "gatequake-detours", Family: nftables.TableFamilyINet}

// nameservice is the port of nameservers.
const nameservice = 53

// CatchAll lets the transparent listener (IP_TRANSPARENT) at the port of every address take all TCP connections
// that come in through the interface, whatever they are made to: that is each one's local address. Those to a
// nameserver are let through.
func CatchAll(in string, listener uint16) error {
	conn, err := nftables.New()
	if err != nil {
		return fmt.Errorf("catch all: %w", err)
	}
	conn.AddTable(detours)
	chain := conn.AddChain(&nftables.Chain{
		Name: "catch", Table: detours, Type: nftables.ChainTypeFilter, Hooknum: nftables.ChainHookPrerouting,
		Priority: nftables.ChainPriorityMangle,
	})
	conn.AddRule(&nftables.Rule{
		Table: detours, Chain: chain,
		Exprs: append(append(protocol(TCP, true), port(nameservice, portTo)...),
			&expr.Verdict{Kind: expr.VerdictAccept}),
	})
	conn.AddRule(&nftables.Rule{
		Table: detours, Chain: chain,
		Exprs: append(append(through(expr.MetaKeyIIFNAME, in), protocol(TCP, true)...),
			&expr.Immediate{Register: register, Data: binary.BigEndian.AppendUint16(nil, listener)},
			&expr.TProxy{Family: unix.NFPROTO_UNSPEC, TableFamily: unix.NFPROTO_INET, RegPort: register},
			&expr.Verdict{Kind: expr.VerdictAccept},
		),
	})
	if err := conn.Flush(); err != nil {
		return fmt.Errorf("catch all that comes through %s: %w", in, err)
	}
	return nil
}

// Loopback is a machine's loopback with detours.
type Loopback struct {
	space int
	kept  *nftables.Set
}

// InstallDetours puts the detours in force at the machine. Nothing is kept yet.
func InstallDetours(machine *os.File, d Detours) (*Loopback, error) {
	l := &Loopback{
		space: int(machine.Fd()),
		kept:  &nftables.Set{Table: detours, Name: "kept", KeyType: nftables.TypeInetService},
	}
	conn, err := nftables.New(nftables.WithNetNSFd(l.space))
	if err != nil {
		return nil, fmt.Errorf("lead the loopback out: %w", err)
	}
	conn.AddTable(detours)
	if err := conn.AddSet(l.kept, nil); err != nil {
		return nil, fmt.Errorf("lead the loopback out: %w", err)
	}
	hook := func(name string, at *nftables.ChainHook, priority *nftables.ChainPriority) *nftables.Chain {
		return conn.AddChain(&nftables.Chain{
			Name: name, Table: detours, Type: nftables.ChainTypeNAT, Hooknum: at,
			Priority: priority,
		})
	}
	rule := func(c *nftables.Chain, parts ...[]expr.Any) {
		r := &nftables.Rule{Table: detours, Chain: c}
		for _, p := range parts {
			r.Exprs = append(r.Exprs, p...)
		}
		conn.AddRule(r)
	}
	out, leave := hook("out", nftables.ChainHookOutput, nftables.ChainPriorityNATDest),
		hook("leave", nftables.ChainHookPostrouting, nftables.ChainPriorityNATSource)
	for _, way := range []struct {
		loopback               string
		nameserver, neighbours []expr.Any
	}{
		{"127.0.0.0/8", redirectInto(d.Nameservers), redirectInto(d.Neighbours)},
		{"::1/128", redirectTo(d.Nameserver6), redirectTo(d.Neighbour6)},
	} {
		to, from := address(netip.MustParsePrefix(way.loopback), ipv4To, ipv6To),
			address(netip.MustParsePrefix(way.loopback), ipv4From, ipv6From)
		for _, p := range []Protocol{UDP, TCP} {
			rule(out, protocol(p, false), to, port(nameservice, portTo), way.nameserver)
		}
		rule(out, protocol(TCP, true), to, []expr.Any{
			&expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: portTo, Len: 2},
			&expr.Lookup{SourceRegister: register, SetName: l.kept.Name, SetID: l.kept.ID, Invert: true},
		}, way.neighbours)
		rule(leave, through(expr.MetaKeyOIFNAME, d.Wire), from, []expr.Any{&expr.Masq{}})
	}
	in := hook("in", nftables.ChainHookPrerouting, nftables.ChainPriorityNATDest)
	for listener, to := range map[netip.Addr]netip.Addr{
		d.Listener:  netip.MustParseAddr("127.0.0.1"),
		d.Listener6: netip.IPv6Loopback(),
	} {
		rule(in, address(netip.PrefixFrom(listener, listener.BitLen()), ipv4To, ipv6To), redirectTo(to))
	}
	if err := conn.Flush(); err != nil {
		return nil, fmt.Errorf("lead the loopback out: %w", err)
	}
	return l, nil
}

// Keep lets connections to the ports stay in the machine, for who listens there.
func (l *Loopback) Keep(ports ...uint16) error {
	conn, err := nftables.New(nftables.WithNetNSFd(l.space))
	if err != nil {
		return fmt.Errorf("keep %v: %w", ports, err)
	}
	elements := make([]nftables.SetElement, len(ports))
	for i, p := range ports {
		elements[i].Key = binary.BigEndian.AppendUint16(nil, p)
	}
	if err := conn.SetAddElements(l.kept, elements); err != nil {
		return fmt.Errorf("keep %v: %w", ports, err)
	}
	if err := conn.Flush(); err != nil {
		return fmt.Errorf("keep %v: %w", ports, err)
	}
	return nil
}

// through matches what passes the interface.
func through(key expr.MetaKey, name string) []expr.Any {
	padded := make([]byte, unix.IFNAMSIZ)
	copy(padded, name)
	return []expr.Any{&expr.Meta{Key: key, Register: register}, equal(padded...)}
}

// redirectInto sends a packet to the address in the network whose last bytes are those of the one that it was sent to.
func redirectInto(network netip.Prefix) []expr.Any {
	first := network.Masked().Addr().As4()
	last := first
	for i := network.Bits(); i < len(last)*8; i++ {
		last[i/8] |= 0x80 >> (i % 8)
	}
	return []expr.Any{
		&expr.Immediate{Register: register, Data: first[:]},
		&expr.Immediate{Register: register + 1, Data: last[:]},
		&expr.NAT{
			Type: expr.NATTypeDestNAT, Family: unix.NFPROTO_IPV4, RegAddrMin: register, RegAddrMax: register + 1,
			Prefix: true,
		},
	}
}

// redirectTo sends a packet to the address instead.
func redirectTo(to netip.Addr) []expr.Any {
	family := uint32(unix.NFPROTO_IPV6)
	if to.Is4() {
		family = unix.NFPROTO_IPV4
	}
	return []expr.Any{
		&expr.Immediate{Register: register, Data: to.AsSlice()},
		&expr.NAT{Type: expr.NATTypeDestNAT, Family: family, RegAddrMin: register},
	}
}
