package site

// State is what the gateway has been through when a fault strikes. The same fault may be answered in another way in
// another state.
type State string

// The states.
const (
	// Warm is the state of every experiment that does not say otherwise: the gateway has served the route, and has no
	// connection to the upstream open.
	Warm State = ""
	// Cold: the gateway is started while the fault is on, and has never seen the upstream healthy.
	Cold State = "cold"
	// Pooled: the gateway keeps a connection to the upstream open, over which it has served two clients already.
	Pooled State = "pooled"
	// Balanced: the upstream that the fault strikes is one of two members of a pool, and the other is well. The
	// service should go on; see Experiment.Expected.
	Balanced State = "balanced"
)

// About completes a title.
func (s State) About() string {
	switch s {
	case Cold:
		return ", and the gateway is started only then"
	case Pooled:
		return ", and the gateway has a pooled connection to it"
	case Balanced:
		return ", and the pool has another member, which is well"
	}
	return ""
}
