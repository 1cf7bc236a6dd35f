package world

// Away is what a dial to an address finds that has no route any more.
type Away int

const (
	// NoRoute is that no route matches, and a dial gets ENETUNREACH.
	NoRoute Away = iota
	// HostUnreachable is a route that says that the host cannot be reached, and a dial gets EHOSTUNREACH.
	HostUnreachable
)
