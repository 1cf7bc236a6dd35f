package link

import (
	"fmt"
	"time"
)

// Timeout swallows the bytes of the stream and ends the connection with a FIN After it was last idle: each chunk
// swallowed starts the time anew. Open connections take it on, an idle one is ended After the injection. Undo
// drops the open connections, whose two ends are out of step.
//
// After 0 is a hang: nothing arrives and nothing ends. It is only to be had on the Upstream stream. Downstream,
// Toxiproxy still passes a close by the upstream on, and an upstream that closes after its answer turns the hang
// into an instant end: another fault than the one asked for.
type Timeout struct {
	After  time.Duration // whole milliseconds; 0 is never
	Stream Stream
}

// String returns the toxic with its dose.
func (t Timeout) String() string { return fmt.Sprintf("timeout after %v %v", t.After, t.Stream) }

func (t Timeout) plan() (plan, error) {
	after, err := milliseconds("After", t.After, 0)
	if err != nil {
		return plan{}, err
	}
	if after == 0 && t.Stream == Downstream { // TestEnemyTimeoutZeroDownstreamPassesAClose
		return plan{}, fmt.Errorf("After: got 0s downstream, want 1ms or more, or the upstream stream: " +
			"downstream a close by the upstream still gets through, so that it is no hang")
	}
	return plan{
		Type:       "timeout",
		Stream:     t.Stream.String(),
		Attributes: map[string]int64{"timeout": after},
		// Toxiproxy closes them too (TestEnemyRemovingATimeoutClosesTheConnection), but some time after the
		// removal has returned.
		dropsLast: true,
	}, t.Stream.check()
}
