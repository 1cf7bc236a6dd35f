package record

// Event is something that happened in an experiment, besides what its clients saw.
type Event struct {
	// At is in milliseconds, counted from the start of the experiment.
	At float64 `json:"at_ms"`
	// Source saw it or did it.
	Source Source `json:"source"`
	// What happened: one of the words below, the line of a request, or a question and its answer.
	What string `json:"what"`
}

// Source is who tells of an event.
type Source string

// The sources.
const (
	Harness  Source = "harness"  // breaks the world and mends it
	Upstream Source = "upstream" // any of them, of a request with the nonce of a probe
	Resolver Source = "resolver" // the nameserver, of a query
)

// What the harness does, in the order in which it is done; the steady state comes twice.
const (
	EventSteady    = "steady"
	EventInjected  = "injected"
	EventConfirmed = "confirmed"
	EventUndone    = "undone"
)
