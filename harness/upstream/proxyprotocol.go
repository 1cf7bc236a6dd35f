package upstream

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
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
