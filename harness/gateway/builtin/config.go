package builtin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"
)

// Config is the gateway's configuration file, in JSON.
type Config struct {
	// Listen is host:port.
	Listen string `json:"listen"`
	// Routes are tried by the longest prefix.
	Routes []Route `json:"routes"`
	// Resolver is the nameserver, host:port; empty means the system's.
	Resolver string `json:"resolver"`
	// CA is a PEM file of authorities for https routes; empty means the system's.
	CA string `json:"ca"`
	// ConnectTimeout bounds name lookup and connection, ResponseTimeout the wait for the head of an answer.
	ConnectTimeout  Duration `json:"connect_timeout"`
	ResponseTimeout Duration `json:"response_timeout"`
	// MaxAnswerHeader bounds the head of an answer, in bytes; zero is http.Transport's own default, 10 MB.
	MaxAnswerHeader int64 `json:"max_answer_header"`
	// HoldAnswer is how much of an answer's body, in bytes, is read before any of it is sent, so that a cut can still become a 502. Zero holds nothing.
	HoldAnswer int64 `json:"hold_answer"`
	// Deny is who gets a 403.
	Deny Deny `json:"deny"`
}

// Route sends what is below Prefix to URL.
type Route struct {
	Prefix string `json:"prefix"`
	URL    string `json:"url"`
	// ServerName is the name that an https upstream must have; empty means the host of URL.
	ServerName string `json:"server_name"`
}

// Deny lists what is refused.
type Deny struct {
	// Networks are addresses or prefixes of clients, by the connection and by nothing that the client says.
	Networks []string `json:"networks"`
	// Agents are the product names (RFC 9110, section 10.1.5) in a User-Agent.
	Agents []string `json:"agents"`
	// Paths are prefixes.
	Paths []string `json:"paths"`
}

// Duration is a time.Duration in the form of time.ParseDuration.
type Duration time.Duration

// UnmarshalText reads it.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

func read(file string) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &Config{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	for _, n := range c.Deny.Networks {
		if _, err := prefix(n); err != nil {
			return nil, fmt.Errorf("read %s: deny.networks: %w", file, err)
		}
	}
	return c, nil
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

// Denies reports whether the request is one to refuse, taking client, the address that the connection came from, for granted.
func (d Deny) Denies(r *http.Request, client netip.Addr) bool {
	for _, n := range d.Networks {
		if p, err := prefix(n); err == nil && p.Contains(client) {
			return true
		}
	}
	for _, p := range d.Paths {
		if strings.HasPrefix(r.URL.Path, p) {
			return true
		}
	}
	for _, a := range d.Agents {
		if strings.Contains(r.UserAgent(), a) {
			return true
		}
	}
	return false
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
