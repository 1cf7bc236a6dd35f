package gateway

import (
	"net/netip"
	"strings"
	"time"
)

// Own is a gateway of the user's own, with its own configuration: the command that starts it, and what its survey
// found or its file says of it. In a world it has a machine to itself (world.Machine), and its upstreams are at
// the very addresses that it dials.
type Own struct {
	// Name is how reports call it.
	Name string `yaml:"name"`
	// Command starts it, as it stands, in the folder Dir.
	Command []string `yaml:"command,flow"`
	Dir     string   `yaml:"-"`
	// Env are the variables that it gets besides Inherited: NAME with the caller's value, or NAME=VALUE.
	Env []string `yaml:"env,omitempty,flow"`
	// Patience is how long a client waits for an answer: a gateway whose own limits are longer lets him hang.
	Patience time.Duration `yaml:"patience"`
	// NamesKept is how long it keeps the address of a name at most, by its configuration; zero where that says nothing.
	NamesKept time.Duration `yaml:"names-kept,omitempty"`
	// Listeners are the TCP ports that it takes connections at.
	Listeners []Listener `yaml:"listeners"`
	// Upstreams are what it forwards to, or asks.
	Upstreams []Upstream `yaml:"upstreams"`
	// Probes are the requests that are tried.
	Probes []Probe `yaml:"probes"`
	// Blocks are requests that it must refuse.
	Blocks []Block `yaml:"blocks,omitempty"`
	// Server is what it calls itself, in the field Server or Via of its answers.
	Server string `yaml:"server,omitempty"`
	// Trust are files of authorities that its configuration names, which get the world's own in addition.
	Trust []string `yaml:"trust,omitempty,flow"`
	// Authorities are the names and ports, as in acme.example.com:443, of those who issue its certificates by ACME
	// (RFC 8555); the harness plays them.
	Authorities []string `yaml:"acme,omitempty,flow"`
	// Elsewhere is not nil for one that runs already, and is not started.
	Elsewhere *Elsewhere `yaml:"-" json:"-"`
}

// Listener is a port that a gateway takes connections at.
type Listener struct {
	At netip.AddrPort `yaml:"at"`
	// Speaks is http, https, or what it does when asked.
	Speaks string `yaml:"speaks"`
	// Protocol is what clients speak who say nothing else: HTTP/1.1 if it is empty, or HTTP2 where nothing else is
	// understood.
	Protocol string `yaml:"protocol,omitempty"`
	// Proxied is the version of the PROXY protocol, v1 or v2, in which it wants to be told first who the client is;
	// empty for none.
	Proxied string `yaml:"proxy-protocol,omitempty"`
	// Passes is true where the gateway passes on whatever bytes come, either way: what is spoken is between clients and
	// the upstream, and no answer is the gateway's own.
	Passes bool `yaml:"passes-bytes,omitempty"`
}

// What a listener speaks.
const (
	SpeaksHTTP  = "http"
	SpeaksHTTPS = "https"
	SpeaksOther = "no HTTP"
)

// Upstream is what a gateway dials. It has a host (a name that it looks up), an address, or a socket (a path).
type Upstream struct {
	Name    string `yaml:"name"`
	Host    string `yaml:"host,omitempty"`
	Address string `yaml:"address,omitempty"`
	Port    uint16 `yaml:"port,omitempty"`
	Socket  string `yaml:"socket,omitempty"`
	// Speaks is http, http2, fastcgi, uwsgi, scgi or other.
	Speaks string `yaml:"speaks"`
	// TLS is true when the gateway speaks TLS to it; SNI is the name that it asks for.
	TLS bool   `yaml:"tls,omitempty"`
	SNI string `yaml:"sni,omitempty"`
	// Proxied is true when the gateway tells it first who the client is, in the PROXY protocol.
	Proxied bool `yaml:"proxy-protocol,omitempty"`
	// Checked is the request, "GET /health" say, by which the gateway looks by itself whether the upstream is
	// well; empty for none.
	Checked string `yaml:"checked,omitempty"`
	// Idle is after how long without a request the upstream ends a connection, as its own configuration has it; zero
	// stands for CommonIdle.
	Idle time.Duration `yaml:"idle,omitempty"`
	// Looked is when the host is looked up: "at start", and never again while it was watched, or "at run time".
	Looked string `yaml:"looked-up,omitempty"`
	// Nameserver is who is asked for the host: an address, or ResolvConf for whom the system says.
	Nameserver string `yaml:"nameserver,omitempty"`
}

// CommonIdle is after how long many servers end idle connections that nobody has configured (keepAliveTimeout of
// Node.js, KeepAliveTimeout of Apache httpd: 5 s); MostIdle is the longest that an experiment waits for. Client and
// gateway are held up for that long twice for each method.
const (
	CommonIdle = 5 * time.Second
	MostIdle   = 15 * time.Second
)

// ResolvConf stands for the nameserver of the system.
const ResolvConf = "resolv.conf"

// When a name is looked up.
const (
	AtStart   = "at start"
	AtRunTime = "at run time"
)

// Again is after how long a survey wants a name to have been looked up again for it to count as one that is looked
// up at run time: caches count whole seconds.
const Again = 1200 * time.Millisecond

// HostField is the header of a probe that says what stands in the field Host in the place of what the URL does: the
// name alone, say, where a port of another number leads to the listener.
const HostField = "Host"

// Probe is a request that is tried.
type Probe struct {
	Name string `yaml:"name"`
	// URL says which listener, by its port, whether over TLS, and the Host and server name.
	URL     string            `yaml:"url"`
	Methods []string          `yaml:"methods,omitempty,flow"`
	Headers map[string]string `yaml:"headers,omitempty"`
	// Body is what requests of other methods than GET and HEAD carry; a line of text if it is empty.
	Body string `yaml:"body,omitempty"`
	// From is the address that the client comes from, or a network: each client then has an address of its own, as
	// far as the network has any.
	From string `yaml:"from,omitempty"`
	// Certificate, if it is not empty, is the common name of the certificate that clients have over TLS: one of the
	// world's authority, which the files under Trust get in addition.
	Certificate string `yaml:"client-certificate,omitempty"`
	// Passes is true where the gateway passes on whatever bytes come to the host that the URL names, as Listener.Passes
	// says of all hosts.
	Passes bool `yaml:"passes-bytes,omitempty"`
	// Uncached gives each request a query of its own, so that no cache has an answer to it.
	Uncached bool   `yaml:"uncached,omitempty"`
	Expect   Expect `yaml:"expect"`
	// Protocol is what the client speaks; HTTP/1.1 if it is empty.
	Protocol string `yaml:"protocol,omitempty"`
	// Upstreams are those that were asked, by name; none when the gateway answers by itself.
	Upstreams []string `yaml:"upstreams,omitempty,flow"`
	// Roles are what they are to the probe, by name; those that are not named serve.
	Roles map[string]Role `yaml:"roles,omitempty,flow"`
	// Asks is AsksAll when each request asks all of those that serve, as where a page is made of the answers of several.
	// Otherwise it asks one of them: they are a pool.
	Asks string `yaml:"asks,omitempty"`
}

// Over6 reports whether the probe's client is one that comes over IPv6 by what From says.
func (p Probe) Over6() bool {
	a := p.Client(0)
	return a.IsValid() && a.Is6()
}

// Client is the address that the client with the number comes from by what From says; the zero Addr if it says nothing.
func (p Probe) Client(number int) netip.Addr {
	if a, err := netip.ParseAddr(p.From); err == nil {
		return a
	}
	network, err := netip.ParsePrefix(p.From)
	if err != nil {
		return netip.Addr{}
	}
	return AddressIn(network, number)
}

// AddressIn is the address with the number in the network, whose first few are left to routers and the like. Numbers
// that it has no room for begin again. It takes the last byte alone to count.
func AddressIn(network netip.Prefix, number int) netip.Addr {
	const reserved = 10 // of the first, and one at the end, which is for broadcasts
	a := network.Masked().Addr()
	free := a.BitLen() - network.Bits()
	if free < 5 {
		if free > 0 {
			a = a.Next()
		}
		return a
	}
	room := 1<<min(free, 8) - reserved - 1
	b := a.AsSlice()
	b[len(b)-1] += byte(reserved + number%room)
	a, _ = netip.AddrFromSlice(b)
	return a
}

// What the client of a probe speaks.
const (
	HTTP11    = "http/1.1"
	HTTP10    = "http/1.0"
	HTTP2     = "http/2"
	WebSocket = "websocket"
	GRPC      = "grpc"
)

// Protocols lists them.
func Protocols() []string { return []string{HTTP11, HTTP10, HTTP2, WebSocket, GRPC} }

// How many of its upstreams a request asks.
const (
	AsksOne = "one"
	AsksAll = "all"
)

// Expect is what a probe's answer is while nothing is broken.
type Expect struct {
	Status int `yaml:"status"`
	// Body must be in the answer's body, if it is not empty.
	Body string `yaml:"body,omitempty"`
	// Header, if it is not empty, names a field that the answer must have.
	Header string `yaml:"header,omitempty"`
}

// Uncached is the request target with a query that no other request has, if mark is its own.
func Uncached(target, mark string) string {
	before := "?"
	if strings.Contains(target, "?") {
		before = "&"
	}
	return target + before + "gatequake=" + mark
}

// Block is a request that a gateway must refuse.
type Block struct {
	Name    string            `yaml:"name"`
	URL     string            `yaml:"url"`
	Method  string            `yaml:"method,omitempty"`
	Headers map[string]string `yaml:"headers,omitempty"`
	From    string            `yaml:"from,omitempty"`
	Expect  int               `yaml:"expect"`
}

// Probe is the request that must be refused.
func (b Block) Probe() Probe {
	p := Probe{Name: b.Name, URL: b.URL, Headers: b.Headers, From: b.From}
	if b.Method != "" {
		p.Methods = []string{b.Method}
	}
	return p
}
