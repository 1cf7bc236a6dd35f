package builtin

import (
	"log"
	"net"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
)

// Deny lists what is refused.
type Deny struct {
	// Networks are addresses or prefixes of clients, by the connection and by nothing that the client says.
	Networks []string `json:"networks"`
	// Agents are the product names (RFC 9110, section 10.1.5) in a User-Agent.
	Agents []string `json:"agents"`
	// Methods are refused on every path.
	Methods []string `json:"methods"`
	// Paths are prefixes. A path is one of them however it is written: escaped, with empty or dot segments, in
	// other case.
	Paths []string `json:"paths"`
}

// Denies reports whether the request is one to refuse, taking client, the address that the connection came from,
// for granted.
func (d Deny) Denies(r *http.Request, client netip.Addr) bool {
	return slices.ContainsFunc(d.Networks, func(n string) bool {
		p, err := prefix(n)
		return err == nil && p.Contains(client)
	}) || slices.ContainsFunc(d.Paths, func(p string) bool {
		return strings.HasPrefix(plain(r.URL.Path), plain(p))
	}) || slices.ContainsFunc(d.Agents, func(a string) bool {
		return strings.Contains(r.UserAgent(), a)
	}) || slices.Contains(d.Methods, r.Method)
}

// plain is the one form of a path that stands for all in which an upstream may understand it. What goes to the
// upstream is what the client wrote.
func plain(p string) string { return strings.ToLower(path.Clean("/" + p)) }

// denied puts the list before next.
func (c *Config) denied(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.Deny.Denies(r, Peer(r)) {
			log.Printf("access denied: client %s, %s %q, agent %q", Peer(r), r.Method, r.URL.Path, r.UserAgent())
			page(w, http.StatusForbidden, "Access denied.")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// dropped closes the connection of those who get no answer.
func (c *Config) dropped(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.ContainsFunc(c.Drop, func(a string) bool { return strings.Contains(r.UserAgent(), a) }) {
			log.Printf("dropped: client %s, agent %q", Peer(r), r.UserAgent())
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

func prefix(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return netip.Prefix{}, err
		}
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

// Peer returns the address that the request's connection came from.
func Peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap()
}
