package link

import (
	"fmt"
	"time"
)

// Reset ends a connection with a RST, to both sides, After the first byte of the stream arrived, none of which
// is delivered. A connection without a byte on the stream is left alone.
//
// A connection that is already open would be ended with a FIN, and one opened under Reset ends with a RST ever
// after. So Inject and undo drop the open connections: all that live meet the same.
type Reset struct {
	After  time.Duration // whole milliseconds; 0 is at once
	Stream Stream
}

// String returns the toxic with its dose.
func (t Reset) String() string { return fmt.Sprintf("reset after %v %v", t.After, t.Stream) }

func (t Reset) plan() (plan, error) {
	after, err := milliseconds("After", t.After, 0)
	if err != nil {
		return plan{}, err
	}
	return plan{
		Type:       "reset_peer",
		Stream:     t.Stream.String(),
		Attributes: map[string]int64{"timeout": after},
		dropsFirst: true, // TestEnemyResetOnAnOpenConnectionIsAFin
		dropsLast:  true, // TestEnemyResetOutlivesItsRemoval
	}, t.Stream.check()
}
