package dns

import (
	"context"
	"time"

	"github.com/miekg/dns"
)

// Forwarder is a resolver that asks another one, and remembers its answers for as long as their time to live
// allows: a home router's, or a provider's. A Fault breaks a Forwarder as it breaks any Server.
//
//	browser ──> Forwarder, with its Cache ──> another resolver
type Forwarder struct {
	*Server
	to    string
	cache Cache
}

// forwardTimeout is how long a forwarder waits for the resolver that it asks: within what the libc resolver waits
// for the forwarder (5 s), and far beyond what a healthy one takes.
const forwardTimeout = 3 * time.Second

// StartForwarder listens as Start does, and asks the resolver to (host:port), over UDP and by connections that
// via makes. The caller closes it.
func StartForwarder(listen, to string, via Dial) (*Forwarder, error) {
	f := &Forwarder{Server: newServer(), to: to, cache: Cache{Via: via}}
	f.answer = f.forward
	return f, f.listen(listen)
}

// Forget empties the forwarder's cache.
func (f *Forwarder) Forget() { f.cache.Forget() }

// forward returns what the other says, or nil if it says nothing: who asked then hears nothing, too.
func (f *Forwarder) forward(request *dns.Msg, size int) *dns.Msg {
	question := request.Question[0]
	// A query of its own: what is remembered is for whoever asks the same, in whatever words.
	told, err := f.ask(new(dns.Msg).SetQuestion(dns.CanonicalName(question.Name), question.Qtype))
	if err != nil {
		return nil
	}
	reply := new(dns.Msg).SetReply(request)
	reply.RecursionAvailable, reply.Rcode, reply.Answer, reply.Ns = true, told.Rcode, told.Answer, told.Ns
	if opt := request.IsEdns0(); opt != nil {
		reply.SetEdns0(querySize, opt.Do())
	}
	reply.Truncate(size)
	return reply
}

// ask puts the query to the cache, or else to the other resolver. It ends early when the forwarder is closed.
func (f *Forwarder) ask(query *dns.Msg) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(context.Background(), forwardTimeout)
	defer cancel()
	go func() {
		select {
		case <-f.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	conn, err := f.cache.Dial(ctx, "udp", f.to)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	wire, err := query.Pack()
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(wire); err != nil {
		return nil, err
	}
	b := make([]byte, dns.MaxMsgSize)
	n, err := conn.Read(b)
	if err != nil {
		return nil, err
	}
	told := new(dns.Msg)
	if err := told.Unpack(b[:n]); err != nil {
		return nil, err
	}
	if told.Id != query.Id {
		return nil, ErrWrongID
	}
	return told, nil
}
