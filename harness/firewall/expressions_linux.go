package firewall

import (
	"encoding/binary"
	"net"
	"net/netip"

	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// Where the kernel finds things, in bytes from the start of the header; TCP and UDP agree on the ports.
const (
	portFrom, portTo        = 0, 2
	tcpFlags                = 13
	flagSYN, flagRST        = 0x02, 0x04
	ipv4From, ipv4To        = 12, 16
	ipv6From, ipv6To        = 8, 24
	register         uint32 = 1 // each comparison loads its own value: one register is enough
)

// expressions translates a checked rule.
func (r Rule) expressions() []expr.Any {
	var e []expr.Any
	e = append(e, protocol(r.Protocol, r.Match == Established || r.Verdict == RejectRST)...)
	e = append(e, address(r.From, ipv4From, ipv6From)...)
	e = append(e, address(r.To, ipv4To, ipv6To)...)
	e = append(e, port(r.FromPort, portFrom)...)
	e = append(e, port(r.ToPort, portTo)...)
	if r.Longer != 0 {
		const size = 4 // of a length, which the kernel has in its own order and compares in the network's
		e = append(e, &expr.Meta{Key: expr.MetaKeyLEN, Register: register},
			&expr.Byteorder{
				SourceRegister: register, DestRegister: register, Op: expr.ByteorderHton,
				Len: size, Size: size,
			},
			&expr.Cmp{Op: expr.CmpOpGt, Register: register, Data: binary.BigEndian.AppendUint32(nil, uint32(r.Longer))})
	}
	if r.Match == Established {
		e = append(e, without(flagSYN)...)
	}
	if r.Verdict == RejectRST {
		// Between equal addresses the firewall's own reset matches the rule that sent it, and the kernel drops
		// a reset rather than answer it.
		e = append(e, without(flagRST)...)
	}
	return append(e, verdict(r.Verdict))
}

func protocol(p Protocol, tcpOnly bool) []expr.Any {
	load := &expr.Meta{Key: expr.MetaKeyL4PROTO, Register: register}
	switch {
	case p == TCP || tcpOnly:
		return []expr.Any{load, equal(unix.IPPROTO_TCP)}
	case p == UDP:
		return []expr.Any{load, equal(unix.IPPROTO_UDP)}
	}
	return []expr.Any{load, differs(unix.IPPROTO_ICMP), differs(unix.IPPROTO_ICMPV6)}
}

func address(p netip.Prefix, v4, v6 uint32) []expr.Any {
	if !p.IsValid() {
		return nil
	}
	family, offset := byte(unix.NFPROTO_IPV6), v6
	if p.Addr().Is4() {
		family, offset = unix.NFPROTO_IPV4, v4
	}
	size := uint32(p.Addr().BitLen() / 8)
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: register},
		equal(family),
		&expr.Payload{DestRegister: register, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: size},
		mask(net.CIDRMask(p.Bits(), p.Addr().BitLen())),
		equal(p.Masked().Addr().AsSlice()...),
	}
}

func port(number uint16, offset uint32) []expr.Any {
	if number == 0 {
		return nil
	}
	return []expr.Any{
		&expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: offset, Len: 2},
		equal(binary.BigEndian.AppendUint16(nil, number)...),
	}
}

// without matches the TCP packets that do not carry flag.
func without(flag byte) []expr.Any {
	return []expr.Any{
		&expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: tcpFlags, Len: 1},
		mask([]byte{flag}),
		equal(0),
	}
}

func verdict(v Verdict) expr.Any {
	switch v {
	case RejectRST:
		return &expr.Reject{Type: unix.NFT_REJECT_TCP_RST}
	case RejectPort:
		return unreachable(unix.NFT_REJECT_ICMPX_PORT_UNREACH)
	case RejectHost:
		return unreachable(unix.NFT_REJECT_ICMPX_HOST_UNREACH)
	case RejectNet:
		return unreachable(unix.NFT_REJECT_ICMPX_NO_ROUTE)
	case RejectAdmin:
		return unreachable(unix.NFT_REJECT_ICMPX_ADMIN_PROHIBITED)
	}
	return &expr.Verdict{Kind: expr.VerdictDrop}
}

// unreachable rejects with the ICMP or ICMPv6 message that code stands for.
func unreachable(code uint8) expr.Any {
	return &expr.Reject{Type: unix.NFT_REJECT_ICMPX_UNREACH, Code: code}
}

func mask(bits []byte) expr.Any {
	return &expr.Bitwise{
		SourceRegister: register, DestRegister: register, Len: uint32(len(bits)), Mask: bits,
		Xor: make([]byte, len(bits)),
	}
}

func equal(data ...byte) expr.Any {
	return &expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: data}
}

func differs(data ...byte) expr.Any {
	return &expr.Cmp{Op: expr.CmpOpNeq, Register: register, Data: data}
}
