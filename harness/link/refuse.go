package link

// Refuse ends the listener and drops the open connections: a client that dials gets ECONNREFUSED. On Linux the
// Link keeps the port meanwhile, bound but not listened on, so that nobody else can listen there; elsewhere it
// is free for the time being.
type Refuse struct{}

// String returns the toxic's name.
func (Refuse) String() string { return "refuse" }

func (Refuse) plan() (plan, error) {
	// Not Toxiproxy's own "disabled": that gives the port away.
	return plan{ground: refusing, dropsFirst: true, dropsLast: true}, nil
}
