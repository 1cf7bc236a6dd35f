package dns

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Cache lets a net.Resolver remember answers for as long as their time to live allows, which it does not by
// itself. The zero value is empty; it is safe for concurrent use. It is for the names of a configuration: it
// never forgets one, it only stops using what is over.
type Cache struct {
	// Via makes the connections; nil leaves it to a net.Dialer.
	Via Dial

	mu    sync.Mutex
	known map[string]remembered // by query, but for its ID
}

// Dial makes a connection, as net.Dialer.DialContext does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Forget empties the cache.
func (c *Cache) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = nil
}

type remembered struct {
	reply []byte
	until time.Time
}

// Dial makes a connection to server for net.Resolver.Dial, which asks one query on each. One that the cache can
// answer is never sent. What comes over TCP is not remembered.
func (c *Cache) Dial(ctx context.Context, network, server string) (net.Conn, error) {
	dial := c.Via
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, network, server)
	if udp, ok := conn.(*net.UDPConn); ok && err == nil {
		return &caching{UDPConn: udp, cache: c}, nil
	}
	return conn, err
}

// caching is a connection for one query. It stays a net.PacketConn: by that net.Resolver knows that messages come
// without a length.
type caching struct {
	*net.UDPConn
	cache *Cache
	query []byte
	found []byte // what the cache has for it
}

// idLength is where a message begins that is the same for every query of a name (RFC 1035, section 4.1.1).
const idLength = 2

// Write sends a query that the cache cannot answer.
func (c *caching) Write(query []byte) (int, error) {
	if len(query) < idLength {
		return c.UDPConn.Write(query)
	}
	c.query = append([]byte{}, query...)
	if c.found = c.cache.find(query); c.found != nil {
		return len(query), nil
	}
	return c.UDPConn.Write(query)
}

// Read returns the answer, from the cache or from the server.
func (c *caching) Read(b []byte) (int, error) {
	if c.found != nil {
		found := c.found
		c.found = nil
		return copy(b, found), nil
	}
	n, err := c.UDPConn.Read(b)
	if err == nil {
		c.cache.keep(c.query, b[:n])
	}
	return n, err
}

// find returns the reply to query that is still good, with the query's ID, or nil.
func (c *Cache) find(query []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.known[string(query[idLength:])]
	if !ok || !time.Now().Before(r.until) {
		return nil
	}
	return append(append([]byte{}, query[:idLength]...), r.reply[idLength:]...)
}

// keep remembers the reply to query if it is one, and may be.
func (c *Cache) keep(query, reply []byte) {
	var m dns.Msg
	if len(query) < idLength || m.Unpack(reply) != nil || !m.Response || m.Truncated ||
		string(reply[:idLength]) != string(query[:idLength]) {
		return
	}
	life := lifetime(&m)
	if life <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]remembered{}
	}
	c.known[string(query[idLength:])] = remembered{append([]byte{}, reply...), time.Now().Add(life)}
}

// lifetime is the shortest of the answer's records, or, where there is none, that of its absence (RFC 2308, section 5).
func lifetime(m *dns.Msg) time.Duration {
	if m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
		return 0
	}
	seconds := []uint32{}
	for _, rr := range m.Answer {
		seconds = append(seconds, rr.Header().Ttl)
	}
	for _, rr := range m.Ns {
		if soa, ok := rr.(*dns.SOA); ok && len(m.Answer) == 0 {
			seconds = append(seconds, min(soa.Hdr.Ttl, soa.Minttl))
		}
	}
	if len(seconds) == 0 {
		return 0
	}
	return time.Duration(slices.Min(seconds)) * time.Second
}
