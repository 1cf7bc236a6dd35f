// Package firewall drops and rejects packets inside a world, with the kernel's own nftables.
//
//	client ──SYN, data──> lo ──> input chain ──> upstream
//	client <── input chain <── lo <──SYN-ACK, data── upstream
//
// Every address of a world is local, so requests and replies alike come in through lo and meet the one input chain.
// Filtering there, and not on the way out, is what makes it look like a firewall far away: a packet dropped on
// the way out tells its sender EPERM.
package firewall

import (
	"errors"
	"fmt"
	"net/netip"
)

// Rule says which packets meet which verdict. Fields left zero match everything. ICMP never matches: it carries
// the rejections.
//
// A client that dials a local address without choosing a source gets that same address as its own: To alone then
// matches the replies too. Name a port to mean one direction.
type Rule struct {
	From, To         netip.Prefix // the sender · the receiver
	FromPort, ToPort uint16
	Protocol         Protocol
	Match            Match
	Verdict          Verdict
	// Loss lets 30 % of the matching packets meet the verdict, in an order that is the same for each connection:
	// its 4th, 7th, 9th, 15th, 17th and 20th packet, in both directions together, and so on for 2000 packets.
	// What is lost gets through at the second try, unless its connection has other things to send.
	Loss bool
	// Longer, if not zero, spares every packet of so many bytes or fewer, its IP header included. What the kernel
	// has not cut into packets yet counts as one.
	Longer uint16
}

// Protocol is what a rule is about.
type Protocol int

const (
	// Any is everything but ICMP.
	Any Protocol = iota
	// TCP is TCP alone.
	TCP
	// UDP is UDP alone.
	UDP
)

// Match narrows a rule to a phase of a connection.
type Match int

const (
	// All matches every packet.
	All Match = iota
	// Established matches the TCP packets without a SYN: a handshake passes, as its client sees it, and nothing
	// after it does. The ACK that ends the handshake is such a packet too, so the server does not accept a new
	// connection before the rule is gone.
	Established
)

// Verdict is what becomes of a packet. The zero value is none, and refused.
//
// On lo a rejection by ICMP is back before the dial has let go of its socket, and the kernel then puts it aside.
// A non-blocking dial in IPv4 finds it there at once; a blocking one, and any in IPv6, sees what the next SYN
// meets, 1 s later. A reset comes at once always.
type Verdict int

const (
	// Drop discards the packet without a word.
	Drop Verdict = iota + 1
	// RejectRST resets the connection: ECONNREFUSED for a dial, ECONNRESET afterwards. It touches TCP alone, and
	// lets resets pass.
	RejectRST
	// RejectPort answers port unreachable: ECONNREFUSED for a dial.
	RejectPort
	// RejectHost answers host unreachable: EHOSTUNREACH for a dial.
	RejectHost
	// RejectNet answers network unreachable (in IPv6: no route): ENETUNREACH for a dial.
	RejectNet
	// RejectAdmin answers administratively prohibited: for a dial EHOSTUNREACH in IPv4, EACCES in IPv6.
	RejectAdmin
)

// String returns the word nft uses, or the number of what is none.
func (p Protocol) String() string { return word(int(p), "any", "tcp", "udp") }

// String returns a word for the match, or the number of what is none.
func (m Match) String() string { return word(int(m), "all", "established") }

// String returns a word for the verdict, or the number of what is none.
func (v Verdict) String() string {
	return word(int(v), "no verdict", "drop", "reject-rst", "reject-port", "reject-host", "reject-net", "reject-admin")
}

func word(i int, words ...string) string {
	if i < 0 || i >= len(words) {
		return fmt.Sprintf("%d?", i)
	}
	return words[i]
}

// String returns the rule on one line: "drop tcp any:0 -> 10.0.0.1/32:80 (established)".
func (r Rule) String() string {
	s := fmt.Sprintf("%v %v %s -> %s (%v)", r.Verdict, r.Protocol, side(r.From, r.FromPort),
		side(r.To, r.ToPort), r.Match)
	if r.Loss {
		s += " 30%"
	}
	if r.Longer != 0 {
		s += fmt.Sprintf(" longer than %d", r.Longer)
	}
	return s
}

func side(p netip.Prefix, port uint16) string {
	if p.IsValid() {
		return fmt.Sprintf("%v:%d", p, port)
	}
	return fmt.Sprintf("any:%d", port)
}

// check returns what is wrong with the rule.
func (r Rule) check() error {
	switch {
	case r == (Rule{}):
		return errors.New("got the zero rule, want one that says what to block")
	case r.Verdict < Drop || r.Verdict > RejectAdmin:
		return fmt.Errorf("got verdict %d, want %d to %d", r.Verdict, Drop, RejectAdmin)
	case r.Protocol < Any || r.Protocol > UDP:
		return fmt.Errorf("got protocol %d, want %d to %d", r.Protocol, Any, UDP)
	case r.Match != All && r.Match != Established:
		return fmt.Errorf("got match %d, want %d or %d", r.Match, All, Established)
	case !r.From.IsValid() && !r.To.IsValid() && r.FromPort == 0 && r.ToPort == 0:
		return errors.New("got no address and no port, want one at least: the rule would cut everything")
	case r.From.IsValid() && r.To.IsValid() && r.From.Addr().Is4() != r.To.Addr().Is4():
		return fmt.Errorf("got %v and %v, want addresses of one family", r.From, r.To)
	case r.From.Addr().Is4In6() || r.To.Addr().Is4In6():
		return errors.New("got an IPv4 address mapped into IPv6, want it unmapped: no packet carries it")
	case r.Protocol == UDP && (r.Match == Established || r.Verdict == RejectRST):
		return fmt.Errorf("got %v and %v for udp, want tcp: udp has no connections", r.Match, r.Verdict)
	}
	return nil
}
