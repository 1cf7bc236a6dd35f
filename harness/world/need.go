package world

import (
	"net"
	"os"
	"runtime"
)

// Need is something an experiment asks of its world beyond plain loopback.
type Need string

// The needs. A world that cannot meet one makes the experiment unsupported, with the reason.
const (
	// AnyAddress: every IPv4 and IPv6 address is local, and every port is free.
	AnyAddress Need = "any-address"
	// SourceAddress: a client can come from an address that the gateway denies.
	SourceAddress Need = "source-address"
	// Firewall: nftables rules that nothing outside notices.
	Firewall Need = "firewall"
	// OwnResolvConf: /etc/resolv.conf, /etc/hosts, /etc/nsswitch.conf and the certificate authorities are the
	// world's own.
	OwnResolvConf Need = "own-resolv-conf"
	// AcceptQueue: a listener whose accept queue is full leaves a SYN unanswered, as Linux does.
	AcceptQueue Need = "accept-queue"
	// FileModes: a gateway may not read what a file's mode forbids it to.
	FileModes Need = "file-modes"
)

// Needs lists every need, in the order in which doctor shows them.
func Needs() []Need {
	return []Need{AnyAddress, SourceAddress, Firewall, OwnResolvConf, AcceptQueue, FileModes}
}

// About says in plain words what a need is.
func (n Need) About() string {
	return map[Need]string{
		AnyAddress: "any IPv4 and IPv6 address and any port, for upstreams at the very address a " +
			"configuration dials",
		SourceAddress: "clients from a chosen source address, for blocks by IP",
		Firewall:      "real nftables rules that drop or reject",
		OwnResolvConf: "Gatequake's own resolv.conf, hosts and certificate authorities, for gateways that use what the " +
			"system has",
		AcceptQueue: "a full accept queue that leaves connections unanswered",
		FileModes:   "file modes that bind the gateway, for files it may not read",
	}[n]
}

// portableLacks tells what plain loopback on this system cannot do, and why.
func portableLacks() map[Need]string {
	lacks := map[Need]string{
		AnyAddress:    "portable mode has only the machine's own loopback addresses and its free ports",
		Firewall:      "portable mode must not touch the machine's own firewall",
		OwnResolvConf: "portable mode must not touch the machine's own resolv.conf",
	}
	if os.Geteuid() == 0 {
		lacks[FileModes] = "in portable mode a gateway of root stays root, who may read every file: another user " +
			"may not even get to its folder"
	}
	if runtime.GOOS != "linux" {
		lacks[AcceptQueue] = "only Linux leaves a SYN unanswered when the accept queue is full"
	}
	// Linux answers for all of 127.0.0.0/8; other systems only for 127.0.0.1.
	l, err := net.Listen("tcp", "127.0.0.9:0")
	if err != nil {
		lacks[SourceAddress] = "this system has no loopback address but 127.0.0.1: " + err.Error()
		return lacks
	}
	_ = l.Close()
	return lacks
}
