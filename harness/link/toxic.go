package link

import (
	"fmt"
	"time"
)

// Toxic is one way to break a Link: Latency, Bandwidth, Reset, Limit, Timeout or Refuse. All are plain values
// that can be compared and printed.
type Toxic interface {
	fmt.Stringer
	// plan checks the values and translates them; its error names the field, what it got and what it wants.
	plan() (plan, error)
}

// plan is a toxic as Toxiproxy reads it, and what it means for the connections that are open. Toxiproxy itself checks
// no attribute; it takes an unknown one for silence and a missing one for 0: TestEnemyUnknownAttributeIsTakenForZero.
type plan struct {
	Name       string           `json:"name"`
	Type       string           `json:"type"`
	Stream     string           `json:"stream"`
	Attributes map[string]int64 `json:"attributes"`

	ground     ground // other than listening: there is no toxic for Toxiproxy
	dropsFirst bool   // open connections would meet another fault than new ones: Inject drops them
	dropsLast  bool   // open connections would stay broken: undo drops them
}

// Stream says in which direction bytes meet a toxic. The zero value is Downstream.
type Stream uint8

const (
	// Downstream is what the gateway reads: upstream to gateway.
	Downstream Stream = iota
	// Upstream is what the gateway writes: gateway to upstream.
	Upstream
)

// String returns the word that Toxiproxy has for s.
func (s Stream) String() string {
	switch s {
	case Downstream:
		return "downstream"
	case Upstream:
		return "upstream"
	}
	return fmt.Sprintf("Stream(%d)", uint8(s))
}

func (s Stream) check() error {
	if s > Upstream {
		return fmt.Errorf("Stream: got %v, want downstream or upstream", s)
	}
	return nil
}

// milliseconds refuses what Toxiproxy, which counts in whole milliseconds, would round or take for something else.
func milliseconds(field string, d, least time.Duration) (int64, error) {
	if d < least || d%time.Millisecond != 0 {
		return 0, fmt.Errorf("%s: got %v, want whole milliseconds, %v or more", field, d, least)
	}
	return d.Milliseconds(), nil
}
