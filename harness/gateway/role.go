package gateway

import "slices"

// Role is what an upstream is to a probe. Faults, and what is expected of them, go by it.
type Role string

// The roles. A file says those of a probe's upstreams under roles; one of which it says nothing serves.
const (
	// Serves: the client gets its answer. Several that serve are a pool, unless each request asks all.
	Serves Role = "serves"
	// Vouches: it is asked whether the client may have an answer, and nobody receives the body of its own.
	Vouches Role = "vouches"
	// Copies: it gets a copy of the request, and what it answers never matters.
	Copies Role = "copies"
	// InReserve: it serves when those that serve otherwise cannot.
	InReserve Role = "in reserve"
	// ErrorPage: it is asked for the page when the answer is an error.
	ErrorPage Role = "error page"
	// Health: it is asked whether those that serve are well, and nothing else.
	Health Role = "health"
)

// Roles lists them.
func Roles() []Role { return []Role{Serves, Vouches, Copies, InReserve, ErrorPage, Health} }

// RoleOf returns what the upstream with the name is to the probe.
func (p Probe) RoleOf(name string) Role {
	if r := p.Roles[name]; r != "" {
		return r
	}
	return Serves
}

// As lists the probe's upstreams that have one of the roles, by name.
func (p Probe) As(roles ...Role) []string {
	all := []string{}
	for _, name := range p.Upstreams {
		if slices.Contains(roles, p.RoleOf(name)) {
			all = append(all, name)
		}
	}
	return all
}

// Served reports whether an upstream gives the probe's answer. The gateway itself does if none serves: files of its own
// behind a service that vouches, say.
func (p Probe) Served() bool { return len(p.As(Serves)) > 0 }

// Role is what the target's upstream is to its probe.
func (t Target) Role() Role { return t.Probe.RoleOf(t.Upstream.Name) }

// Pool lists the other upstreams that can serve the probe in the place of the target's: none where each request asks
// all of those that serve.
func (t Target) Pool() []string {
	if t.Probe.Asks == AsksAll || t.Role() != Serves && t.Role() != InReserve {
		return nil
	}
	return slices.DeleteFunc(t.Probe.As(Serves, InReserve), func(name string) bool { return name == t.Upstream.Name })
}
