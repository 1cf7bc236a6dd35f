package gateway

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Own is a gateway of the user's own, with its own configuration: the command that starts it, and what its survey found or its file says of it. In a world it
// has a machine to itself (world.Machine), and its upstreams are at the very addresses that it dials.
type Own struct {
	// Name is how reports call it.
	Name string `yaml:"name"`
	// Command starts it, as it stands, in the folder Dir.
	Command []string `yaml:"command,flow"`
	Dir     string   `yaml:"-"`
	// Patience is how long a client waits for an answer: a gateway whose own limits are longer lets him hang.
	Patience time.Duration `yaml:"patience"`
	// Listeners are the TCP ports that it takes connections at.
	Listeners []Listener `yaml:"listeners"`
	// Upstreams are what it forwards to, or asks.
	Upstreams []Upstream `yaml:"upstreams"`
	// Probes are the requests that are tried.
	Probes []Probe `yaml:"probes"`
	// Blocks are requests that it must refuse.
	Blocks []Block `yaml:"blocks,omitempty"`
	// Trust are files of authorities that its configuration names, which get the world's own in addition.
	Trust []string `yaml:"trust,omitempty,flow"`
}

// Listener is a port that a gateway takes connections at.
type Listener struct {
	At netip.AddrPort `yaml:"at"`
	// Speaks is http, https, or what it does when asked.
	Speaks string `yaml:"speaks"`
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
	// Speaks is http, http2, fastcgi or other.
	Speaks string `yaml:"speaks"`
	// TLS is true when the gateway speaks TLS to it; SNI is the name that it asks for.
	TLS bool   `yaml:"tls,omitempty"`
	SNI string `yaml:"sni,omitempty"`
	// Looked is when the host is looked up: "at start", and never again while it was watched, or "at run time".
	Looked string `yaml:"looked-up,omitempty"`
}

// When a name is looked up.
const (
	AtStart   = "at start"
	AtRunTime = "at run time"
)

// Probe is a request that is tried.
type Probe struct {
	Name string `yaml:"name"`
	// URL says which listener, by its port, whether over TLS, and the Host and server name.
	URL     string            `yaml:"url"`
	Methods []string          `yaml:"methods,omitempty,flow"`
	Headers map[string]string `yaml:"headers,omitempty"`
	// Body is what requests of other methods than GET and HEAD carry; a line of text if it is empty.
	Body string `yaml:"body,omitempty"`
	// From is the address that the client comes from.
	From   string `yaml:"from,omitempty"`
	Expect Expect `yaml:"expect"`
	// Upstreams are those that were asked, by name; none when the gateway answers by itself.
	Upstreams []string `yaml:"upstreams,omitempty,flow"`
}

// Expect is what a probe's answer is while nothing is broken.
type Expect struct {
	Status int `yaml:"status"`
	// Body must be in the answer's body, if it is not empty.
	Body string `yaml:"body,omitempty"`
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

// Addresses in an own gateway's world, all for documentation or tests (RFC 5737, 3849, 2544).
var (
	// Door and Door6 are the machine's own; LoopbackDoor leads to its 127.0.0.1.
	Door         = netip.MustParseAddr("192.0.2.80")
	Door6        = netip.MustParseAddr("2001:db8::80")
	LoopbackDoor = netip.MustParseAddr("192.0.2.81")
	// Neighbour is where those upstreams are that the gateway dials on its own loopback, and Sockets where those are that it reaches by a Unix socket.
	Neighbour = netip.MustParseAddr("192.0.2.127")
	Sockets   = netip.MustParseAddr("192.0.2.128")
	// Nameserver is who the system asks.
	Nameserver = netip.MustParseAddrPort("192.0.2.53:53")
	// Named is the network of the upstreams that have names.
	Named = netip.MustParsePrefix("198.18.0.0/15")
)

// firstSocketPort is the port of the first upstream behind a Unix socket.
const firstSocketPort = 8000

// At returns where the upstream stands in a world.
func (o *Own) At(u Upstream) netip.AddrPort {
	switch {
	case u.Socket != "":
		place := slices.IndexFunc(o.Upstreams, func(other Upstream) bool { return other.Socket == u.Socket })
		return netip.AddrPortFrom(Sockets, firstSocketPort+uint16(place))
	case u.Host != "":
		return netip.AddrPortFrom(o.Hosts()[u.Host], u.Port)
	}
	a, err := netip.ParseAddr(u.Address)
	if err == nil && a.Is4() && a.IsLoopback() {
		a = Neighbour
	}
	return netip.AddrPortFrom(a, u.Port)
}

// CalledBy lists what the upstream's certificate may have to be for: the name that is asked for, the host, or the address. There is one at least.
func (u Upstream) CalledBy() []string {
	all := []string{}
	for _, name := range []string{u.SNI, u.Host, u.Address} {
		if name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	if len(all) == 0 {
		all = append(all, "localhost") // Behind a Unix socket.
	}
	return all
}

// Local reports whether the upstream is on the gateway's own machine.
func (u Upstream) Local() bool {
	a, err := netip.ParseAddr(u.Address)
	return u.Socket != "" || err == nil && a.IsLoopback()
}

// Hosts returns the address of each name.
func (o *Own) Hosts() map[string]netip.Addr {
	all, next := map[string]netip.Addr{}, Named.Addr()
	for _, u := range o.Upstreams {
		if _, known := all[u.Host]; u.Host != "" && !known {
			next = next.Next()
			all[u.Host] = next
		}
	}
	return all
}

// Where says how the gateway finds the upstream, for people.
func (u Upstream) Where() string {
	switch {
	case u.Socket != "":
		return "unix:" + u.Socket
	case u.Host != "":
		return u.Host + ":" + strconv.Itoa(int(u.Port))
	}
	a, _ := netip.ParseAddr(u.Address)
	return netip.AddrPortFrom(a, u.Port).String()
}

// Door returns where clients connect to reach the listener.
func (l Listener) Door() netip.AddrPort {
	a := l.At.Addr()
	switch {
	case a.IsUnspecified():
		a = Door // A listener on [::] takes IPv4 too, unless it was told otherwise.
	case a.Is4() && a.IsLoopback():
		a = LoopbackDoor
	}
	return netip.AddrPortFrom(a, l.At.Port())
}

// Target is a probe that touches an upstream: a setting of an own gateway.
type Target struct {
	Probe    Probe
	Upstream Upstream
}

// Name is the setting's.
func (t Target) Name() string { return t.Probe.Name + "/" + t.Upstream.Name }

// Targets lists every probe with each upstream that it touches.
func (o *Own) Targets() []Target {
	all := []Target{}
	for _, p := range o.Probes {
		for _, u := range o.Upstreams {
			if slices.Contains(p.Upstreams, u.Name) {
				all = append(all, Target{p, u})
			}
		}
	}
	return all
}

// Target returns the one with the name.
func (o *Own) Target(name string) (Target, error) {
	names := []string{}
	for _, t := range o.Targets() {
		if t.Name() == name {
			return t, nil
		}
		names = append(names, t.Name())
	}
	return Target{}, fmt.Errorf("%s has no %q; there are: %v", o.Name, name, names)
}

// Bystander returns a probe that must stay as it is while the target's upstream is broken, or nil: one that does not touch it, on the same listener if there is
// one, and best one that is served by another upstream.
func (o *Own) Bystander(t Target) *Probe {
	best, most := (*Probe)(nil), 0
	mine, _ := url.Parse(t.Probe.URL)
	for i, p := range o.Probes {
		theirs, err := url.Parse(p.URL)
		if err != nil || mine == nil || slices.Contains(p.Upstreams, t.Upstream.Name) {
			continue
		}
		good := 1
		if theirs.Host == mine.Host && theirs.Scheme == mine.Scheme {
			good += 2
		}
		if len(p.Upstreams) > 0 {
			good++
		}
		if good > most {
			best, most = &o.Probes[i], good
		}
	}
	return best
}

// Listener returns the one that the probe's URL leads to.
func (o *Own) Listener(p Probe) (Listener, error) {
	u, err := url.Parse(p.URL)
	if err != nil {
		return Listener{}, fmt.Errorf("probe %s: %w", p.Name, err)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{SpeaksHTTP: "80", SpeaksHTTPS: "443"}[u.Scheme]
	}
	for _, l := range o.Listeners {
		if strconv.Itoa(int(l.At.Port())) == port {
			return l, nil
		}
	}
	return Listener{}, fmt.Errorf("probe %s: %s: nothing listens at port %q", p.Name, p.URL, port)
}

// Definition makes a gateway of o for the engine: every target is a setting.
func (o *Own) Definition() *Definition {
	d := &Definition{Name: o.Name, About: "your own", Command: o.Command, Own: o, Settings: map[string]Setting{}}
	for _, t := range o.Targets() {
		d.Settings[t.Name()] = Setting{Within: Within{AtOnce: o.Patience, Resolve: o.Patience, Connect: o.Patience, Response: o.Patience}}
	}
	return d
}
