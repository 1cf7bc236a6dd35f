package firewall

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"slices"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// Translate gives all that a router passes on through the interface the router's own address there, as a home
// router does; what belongs to no connection that the router knows is dropped. TCP gets ports from the first to
// the last, or, if those are zero, the port that it comes from. It may be called again: what is known stays as
// it is. It is source NAT and not masquerading, for which Linux 6.18 heeds no range of ports.
func Translate(router *os.File, out string, own netip.Addr, first, last uint16) error {
	if err := sealed(); err != nil {
		return fmt.Errorf("translate: %w", err)
	}
	conn, err := nftables.New(nftables.WithNetNSFd(int(router.Fd())))
	if err != nil {
		return fmt.Errorf("translate: %w", err)
	}
	conn.AddTable(detours)
	leave := conn.AddChain(&nftables.Chain{
		Name: "leave", Table: detours, Type: nftables.ChainTypeNAT, Hooknum: nftables.ChainHookPostrouting,
		Priority: nftables.ChainPriorityNATSource,
	})
	conn.FlushChain(leave)
	const address, low, high = register, register + 1, register + 2
	give := &expr.Immediate{Register: address, Data: own.AsSlice()}
	source := expr.NAT{Type: expr.NATTypeSourceNAT, Family: unix.NFPROTO_IPV4, RegAddrMin: address}
	if last != 0 {
		ported := source
		ported.RegProtoMin, ported.RegProtoMax = low, high
		conn.AddRule(&nftables.Rule{
			Table: detours, Chain: leave,
			Exprs: slices.Concat(through(expr.MetaKeyOIFNAME, out), protocol(TCP, true), []expr.Any{
				give,
				&expr.Immediate{Register: low, Data: binary.BigEndian.AppendUint16(nil, first)},
				&expr.Immediate{Register: high, Data: binary.BigEndian.AppendUint16(nil, last)},
				&ported,
			}),
		})
	}
	conn.AddRule(&nftables.Rule{
		Table: detours, Chain: leave,
		Exprs: append(through(expr.MetaKeyOIFNAME, out), give, &source),
	})
	unknown := conn.AddChain(&nftables.Chain{
		Name: "unknown", Table: detours, Type: nftables.ChainTypeFilter, Hooknum: nftables.ChainHookForward,
		Priority: nftables.ChainPriorityMangle,
	})
	conn.FlushChain(unknown)
	conn.AddRule(&nftables.Rule{Table: detours, Chain: unknown, Exprs: []expr.Any{
		&expr.Ct{Key: expr.CtKeySTATE, Register: register},
		&expr.Bitwise{
			SourceRegister: register, DestRegister: register, Len: 4,
			Mask: binaryutil.NativeEndian.PutUint32(expr.CtStateBitINVALID), Xor: make([]byte, 4),
		},
		differs(make([]byte, 4)...),
		&expr.Verdict{Kind: expr.VerdictDrop},
	}})
	if err := conn.Flush(); err != nil {
		return fmt.Errorf("translate what leaves by %s: %w", out, err)
	}
	return nil
}

// Redirect leads the TCP connections to the port of any host that come in to the hop through the interface to
// the hop's own listener at another port. Only new connections are redirected.
func (f *Firewall) Redirect(in string, from, to uint16) (undo func() error, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, space := range f.spaces {
		conn, err := nftables.New(nftables.WithNetNSFd(space))
		if err != nil {
			return nil, fmt.Errorf("redirect port %d: %w", from, err)
		}
		conn.AddTable(detours)
		conn.AddChain(redirectChain)
		conn.AddRule(&nftables.Rule{
			Table: detours, Chain: redirectChain,
			Exprs: slices.Concat(through(expr.MetaKeyIIFNAME, in), protocol(TCP, true), port(from, portTo), []expr.Any{
				&expr.Immediate{Register: register, Data: binary.BigEndian.AppendUint16(nil, to)},
				&expr.Redir{RegisterProtoMin: register},
			}),
		})
		if err := conn.Flush(); err != nil {
			return nil, fmt.Errorf("redirect port %d: %w", from, err)
		}
	}
	f.redirects = true
	return func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.clearRedirects()
	}, nil
}

// redirectChain is where connections are redirected.
var redirectChain = &nftables.Chain{
	Name: "arrive", Table: detours, Type: nftables.ChainTypeNAT, Hooknum: nftables.ChainHookPrerouting,
	Priority: nftables.ChainPriorityNATDest,
}

// clearRedirects takes every redirection back.
func (f *Firewall) clearRedirects() error {
	if !f.redirects {
		return nil
	}
	for _, space := range f.spaces {
		conn, err := nftables.New(nftables.WithNetNSFd(space))
		if err == nil {
			conn.FlushChain(redirectChain)
			err = conn.Flush()
		}
		if err != nil {
			return fmt.Errorf("take redirections back: %w", err)
		}
	}
	f.redirects = false
	return nil
}
