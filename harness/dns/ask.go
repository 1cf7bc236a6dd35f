package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// askMax bounds an Ask whose context has no deadline: the time after which the libc resolver tries again.
const askMax = 5 * time.Second

// Reply is what a server said.
type Reply struct {
	Rcode     string       // NOERROR, NXDOMAIN, SERVFAIL …
	Addresses []netip.Addr // of the A and AAAA records, in their order
	Aliases   []Alias      // the CNAME records, in their order
	Truncated bool         // the server asks to be asked over TCP
	Took      time.Duration
}

// Alias is a CNAME record: Name is another name of Target. Both are in lower case, without the last dot.
type Alias struct{ Name, Target string }

// What came instead of a reply.
var (
	// ErrNoMessage is bytes that are no DNS message.
	ErrNoMessage = errors.New("bytes that are no message")
	// ErrWrongID is a reply to another query.
	ErrWrongID = errors.New("a reply with another query's ID")
)

// Ask sends server (host:port) one query over UDP, with no retry, no cache and no resolver of the system in
// between, and returns its reply with any rcode. No reply before the context's deadline, or within 5 s, is an
// error that matches os.ErrDeadlineExceeded or context.DeadlineExceeded; a reply with another query's ID counts
// as none, and the error then matches ErrWrongID as well. Bytes that are no message are an ErrNoMessage at once.
func Ask(ctx context.Context, server, name string, qtype uint16) (Reply, error) {
	reply, err := ask(ctx, server, name, qtype)
	if ctx.Err() != nil && err != nil && !errors.Is(err, ErrWrongID) {
		err = ctx.Err() // and not what its end did to the socket
	}
	if err != nil {
		return Reply{}, fmt.Errorf("ask %s for %s %s: %w", server, dns.Type(qtype), name, err)
	}
	return reply, nil
}

func ask(ctx context.Context, server, name string, qtype uint16) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, askMax)
	defer cancel()
	socket, err := new(net.Dialer).DialContext(ctx, "udp", server)
	if err != nil {
		return Reply{}, err
	}
	defer func() { _ = socket.Close() }()
	past := time.Unix(1, 0)
	stop := context.AfterFunc(ctx, func() { _ = socket.SetDeadline(past) })
	defer stop()

	conn := &dns.Conn{Conn: socket}
	request := new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype)
	start := time.Now()
	if err := conn.WriteMsg(request); err != nil {
		return Reply{}, err
	}
	var foreign error
	for {
		message, err := conn.ReadMsg()
		var network net.Error
		switch {
		case err == nil && message.Id == request.Id && message.Response:
			return reply(message, time.Since(start)), nil
		case err == nil:
			foreign = ErrWrongID
		case !errors.As(err, &network):
			return Reply{}, fmt.Errorf("%w: %w", ErrNoMessage, err)
		case foreign != nil:
			return Reply{}, fmt.Errorf("%w, then: %w", foreign, err)
		default:
			return Reply{}, err
		}
	}
}

func reply(message *dns.Msg, took time.Duration) Reply {
	r := Reply{Rcode: token(message.Rcode), Truncated: message.Truncated, Took: took}
	for _, record := range message.Answer {
		var raw net.IP
		switch record := record.(type) {
		case *dns.A:
			raw = record.A
		case *dns.AAAA:
			raw = record.AAAA
		case *dns.CNAME:
			r.Aliases = append(r.Aliases, Alias{plain(record.Hdr.Name), plain(record.Target)})
		}
		if ip, ok := netip.AddrFromSlice(raw); ok {
			r.Addresses = append(r.Addresses, ip.Unmap())
		}
	}
	return r
}
