package link

import "fmt"

// Limit ends a connection with a FIN, to both sides, once Bytes bytes of the stream went through: exactly so many
// are delivered. With Bytes 0 the first byte ends the connection and is not delivered.
//
// On an open connection the count would start in the middle of it. So Inject drops the open connections. Undo
// leaves those that are still open as they are: they are whole, and nothing counts any more.
type Limit struct {
	Bytes  int64 // 0 or more
	Stream Stream
}

// String returns the toxic with its dose.
func (t Limit) String() string { return fmt.Sprintf("limit %d bytes %v", t.Bytes, t.Stream) }

func (t Limit) plan() (plan, error) {
	if t.Bytes < 0 { // Toxiproxy would take it for 0
		return plan{}, fmt.Errorf("Bytes: got %d, want 0 or more", t.Bytes)
	}
	return plan{
		Type:       "limit_data",
		Stream:     t.Stream.String(),
		Attributes: map[string]int64{"bytes": t.Bytes},
		dropsFirst: true, // TestEnemyLimitCountsFromWhenItIsAdded
	}, t.Stream.check()
}
