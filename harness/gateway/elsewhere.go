package gateway

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Elsewhere is where a gateway is that runs already, and is not started by Gatequake: in a container, on a staging
// host. Its upstreams are not Gatequake's either.
type Elsewhere struct {
	// URL is where clients find it; Door is the address of that.
	URL  *url.URL
	Door netip.AddrPort
	// Links stand between it and its upstreams.
	Links []Link
}

// Link is a place that a gateway dials, where we listen, and the upstream behind it.
type Link struct {
	Name             string
	Listen, Upstream netip.AddrPort
	// From is where the user wrote it, for messages: a flag, or file:line:column.
	From string
}

// String writes the link as ParseLink reads it.
func (l Link) String() string { return fmt.Sprintf("%s=%s->%s", l.Name, l.Listen, l.Upstream) }

// Reach says which addresses may be listened at and dialled.
type Reach bool

// The reaches. The zero value is the narrow one.
const (
	Loopback Reach = false
	Remote   Reach = true
)

// lookupTimeout bounds the lookup of a name: several times what a slow nameserver takes.
const lookupTimeout = 5 * time.Second

// Address looks up host:port. Of several addresses it takes the first of IPv4, as Toxiproxy does. Within Loopback
// all of them must be: somebody who can change a name must not be able to lead Gatequake to another machine.
func (r Reach) Address(ctx context.Context, hostport string) (netip.AddrPort, error) {
	host, text, err := net.SplitHostPort(hostport)
	if err != nil || host == "" {
		return netip.AddrPort{}, fmt.Errorf("got %q, want HOST:PORT, such as 127.0.0.1:9000", hostport)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return netip.AddrPort{}, fmt.Errorf("got %q, want a port from 1 to 65535", hostport)
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("look up %s: %w", host, err)
	}
	for i := range all {
		all[i] = all[i].Unmap()
		switch {
		case all[i].IsUnspecified():
			return netip.AddrPort{}, fmt.Errorf("got %q, which is every address, want one, such as 127.0.0.1:%d",
				hostport, port)
		case r == Loopback && !all[i].IsLoopback():
			return netip.AddrPort{}, fmt.Errorf("got %q (%s), which is not on this machine's loopback; "+
				"want a loopback address, or --allow-remote", hostport, all[i])
		}
	}
	first := max(0, slices.IndexFunc(all, netip.Addr.Is4))
	return netip.AddrPortFrom(all[first], uint16(port)), nil
}

// ParseURL reads the URL of a gateway: http or https, a host, and perhaps a port and a path.
func (r Reach) ParseURL(ctx context.Context, text string) (Elsewhere, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != SpeaksHTTP && u.Scheme != SpeaksHTTPS || u.Hostname() == "" || u.User != nil ||
		u.Fragment != "" {
		return Elsewhere{}, fmt.Errorf("got %q, want a URL such as http://127.0.0.1:8080/", text)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{SpeaksHTTP: "80", SpeaksHTTPS: "443"}[u.Scheme]
	}
	if u.Path == "" {
		u.Path = "/"
	}
	door, err := r.Address(ctx, net.JoinHostPort(u.Hostname(), port))
	return Elsewhere{URL: u, Door: door}, err
}

// ParseLink reads NAME=LISTEN->UPSTREAM.
func (r Reach) ParseLink(ctx context.Context, text string) (l Link, err error) {
	name, ends, named := strings.Cut(text, "=")
	listen, upstream, there := strings.Cut(ends, "->")
	if strings.HasSuffix(text, "-") {
		return l, fmt.Errorf("got %q, want NAME=LISTEN->UPSTREAM in quotes: a shell takes > for its own", text)
	}
	if !named || !there {
		return l, fmt.Errorf("got %q, want NAME=LISTEN->UPSTREAM, such as 'orders=127.0.0.1:9001->127.0.0.1:9000'",
			text)
	}
	return r.Link(ctx, strings.TrimSpace(name), strings.TrimSpace(listen), strings.TrimSpace(upstream))
}

// Link makes a link of its parts.
func (r Reach) Link(ctx context.Context, name, listen, upstream string) (l Link, err error) {
	l.Name = name
	if name == "" || strings.ContainsAny(name, "/ \t") {
		return l, fmt.Errorf("name: got %q, want a name without a slash or a space", name)
	}
	if l.Listen, err = r.Address(ctx, listen); err != nil {
		return l, fmt.Errorf("%s: listen: %w", name, err)
	}
	if l.Upstream, err = r.Address(ctx, upstream); err != nil {
		return l, fmt.Errorf("%s: upstream: %w", name, err)
	}
	return l, nil
}

// Check tells what is wrong with the links as a whole, beginning with where it was written.
func (e *Elsewhere) Check() error {
	if len(e.Links) == 0 {
		return errors.New("got no link, want one at least: --link NAME=LISTEN->UPSTREAM, or --toxiproxy-config FILE")
	}
	for i, l := range e.Links {
		for _, before := range e.Links[:i] {
			switch {
			case before.Name == l.Name:
				return fmt.Errorf("%s: got the name %q twice, want one of its own for each link", l.From, l.Name)
			case before.Listen == l.Listen:
				return fmt.Errorf("%s: %s: listen: got %s, where %s is already, want an address of its own", l.From,
					l.Name, l.Listen, before.Name)
			}
		}
		for _, other := range e.Links {
			if other.Listen == l.Upstream {
				return fmt.Errorf("%s: %s: upstream: got %s, where the link %s listens, want the upstream itself",
					l.From, l.Name, l.Upstream, other.Name)
			}
		}
		if l.Listen == e.Door {
			return fmt.Errorf("%s: %s: listen: got %s, which is the gateway's own address, want the one that it dials",
				l.From, l.Name, l.Listen)
		}
	}
	return nil
}

// Own makes a gateway of the user's own of it, whose upstreams are the links.
func (e *Elsewhere) Own(patience time.Duration) Own {
	o := Own{Name: e.URL.Host, Patience: patience, Elsewhere: e}
	for _, l := range e.Links {
		o.Upstreams = append(o.Upstreams, Upstream{
			Name: l.Name, Address: l.Listen.Addr().String(),
			Port: l.Listen.Port(), Speaks: SpeaksHTTP,
		})
	}
	return o
}
