package clientnet

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"regexp"
	"strconv"

	"github.com/gatequake/gatequake/harness/stamp"
)

// httpHead is the head of a message of HTTP/1 in plain text that passed the tap: of a request with a nonce, or of
// an answer.
type httpHead struct {
	client netip.AddrPort // the end of the connection that is not the site's
	nonce  string         // of a request
	status int            // of an answer
}

var (
	nonceField = regexp.MustCompile(`(?i)\r\n` + stamp.Nonce + `: *([^\r\n]*)`)
	statusLine = regexp.MustCompile(`^HTTP/1\.[01] ([0-9]{3})`)
)

// Where IPv4 and TCP keep things, in bytes from the start of their headers (RFC 791, RFC 9293).
const (
	ipLength, ipFragment              = 2, 6
	ipProtocol, ipFrom, ipTo, ipLeast = 9, 12, 16, 20
	tcpFrom, tcpTo, tcpOffset         = 0, 2, 12
	tcpLeast                          = 20
	protocolTCP                       = 6
	wordBytes                         = 4 // lengths of headers are counted in words of so many bytes
)

// readHead finds the head of a message at the start of what a packet carries, where every head stands that is sent
// at once. A packet that carries none is not ok.
func readHead(packet []byte, fromSite bool) (p httpHead, ok bool) {
	segment, ok := tcpSegment(packet)
	if !ok {
		return p, false
	}
	start := int(segment[tcpOffset]>>4) * wordBytes
	if start < tcpLeast || len(segment) < start {
		return p, false
	}
	address, port, payload := packet[ipFrom:ipFrom+4], segment[tcpFrom:], segment[start:]
	if fromSite {
		address, port = packet[ipTo:ipTo+4], segment[tcpTo:]
	}
	a, _ := netip.AddrFromSlice(address)
	p.client = netip.AddrPortFrom(a, binary.BigEndian.Uint16(port))
	if fromSite {
		if m := statusLine.FindSubmatch(payload); m != nil {
			p.status, _ = strconv.Atoi(string(m[1]))
		}
		return p, p.status != 0
	}
	if m := nonceField.FindSubmatch(payload); m != nil {
		p.nonce = string(bytes.TrimSpace(m[1]))
	}
	return p, p.nonce != ""
}

// tcpSegment is the TCP segment that the packet carries, its header whole at least. What is no IPv4, no TCP, or the
// rest of a packet that was cut in pieces carries none; what stands behind the packet's own end (the filling of a short
// frame) is not of it.
func tcpSegment(packet []byte) (segment []byte, ok bool) {
	const version4, offsetBits = 4, 0x1fff
	if len(packet) < ipLeast || packet[0]>>4 != version4 || packet[ipProtocol] != protocolTCP {
		return nil, false
	}
	if binary.BigEndian.Uint16(packet[ipFragment:])&offsetBits != 0 {
		return nil, false
	}
	head := int(packet[0]&0x0f) * wordBytes
	// A length of 0 is of a packet that is larger than the field can say.
	if total := int(binary.BigEndian.Uint16(packet[ipLength:])); total > 0 {
		packet = packet[:min(total, len(packet))]
	}
	if head < ipLeast || len(packet) < head+tcpLeast {
		return nil, false
	}
	return packet[head:], true
}

// TapRecord is what a tap saw of a request.
type TapRecord struct {
	// Asked is whether the request came to the site.
	Asked bool
	// Sent are the statuses that the site sent on the connection on which it came, after it and before the next
	// request; if it did not come, those that the site sent on connections on which nobody had asked for anything
	// with a nonce.
	Sent []int
}

// recordOf picks from the heads that passed those of the request with the nonce.
func recordOf(passed []httpHead, nonce string) (h TapRecord) {
	latest, unasked := map[netip.AddrPort]string{}, []int{} // by connection, the nonce of its latest request
	for _, p := range passed {
		switch {
		case p.nonce != "":
			latest[p.client] = p.nonce
			h.Asked = h.Asked || p.nonce == nonce
		case latest[p.client] == nonce:
			h.Sent = append(h.Sent, p.status)
		case latest[p.client] == "":
			unasked = append(unasked, p.status)
		}
	}
	if !h.Asked {
		h.Sent = unasked
	}
	return h
}
