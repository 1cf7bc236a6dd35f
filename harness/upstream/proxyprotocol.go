package upstream

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
)

// maxProxyLine is the longest header of version 1 of the PROXY protocol, with its line end
// (haproxy.org/download/2.6/doc/proxy-protocol.txt, section 2.1).
const maxProxyLine = 107

// ProxyProtocol returns a Relay that wants the header of the PROXY protocol, version 1, before anything else,
// strips it, and passes the rest on to the address to. A connection that begins otherwise is closed without a
// word, as the protocol demands.
func ProxyProtocol(listen, to string) (*Relay, error) {
	l, err := listenTCP(listen)
	if err != nil {
		return nil, fmt.Errorf("start relay: %w", err)
	}
	return relay(l, to, func(in *bufio.Reader, _ io.Writer) bool {
		const signature = "PROXY "
		if start, err := in.Peek(len(signature)); err != nil || string(start) != signature {
			return false
		}
		line, err := in.ReadSlice('\n') // at most a buffer's length
		return err == nil && len(line) <= maxProxyLine && bytes.HasSuffix(line, []byte("\r\n"))
	}), nil
}

// introduced is a connection whose first bytes have been looked at.
type introduced struct {
	net.Conn
	in *bufio.Reader
}

// Read reads what was looked at first.
func (i *introduced) Read(p []byte) (int, error) { return i.in.Read(p) }

// introduce takes off the header of the PROXY protocol, if there is one: Gatequake's own requests send none. What is
// wrong with it shows in what is read next.
func (c *Conn) introduce() {
	in := bufio.NewReader(c.tcp)
	if starts(in, proxyStart) || starts(in, proxy2Start) {
		_ = skipProxy(in)
	}
	c.Conn = &introduced{c.tcp, in}
}
