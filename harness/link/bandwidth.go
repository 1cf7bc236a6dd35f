package link

import "fmt"

// Bandwidth delivers the bytes of the stream at BytesPerSecond and no faster, for each connection by itself, in
// slices of a tenth of a second. Open connections take it on and shed it; none is dropped.
type Bandwidth struct {
	BytesPerSecond int64 // a positive multiple of 1000
	Stream         Stream
}

// String returns the toxic with its dose.
func (t Bandwidth) String() string {
	return fmt.Sprintf("bandwidth %d bytes/s %v", t.BytesPerSecond, t.Stream)
}

func (t Bandwidth) plan() (plan, error) {
	// Toxiproxy counts in units of 1000 bytes per second. Its rate 0 is no low rate but a hang, and a negative
	// one ends the process: TestEnemyBandwidthZeroHangs.
	const unit = 1000
	if t.BytesPerSecond < unit || t.BytesPerSecond%unit != 0 {
		return plan{}, fmt.Errorf("BytesPerSecond: got %d, want a positive multiple of %d", t.BytesPerSecond, unit)
	}
	return plan{
		Type:       "bandwidth",
		Stream:     t.Stream.String(),
		Attributes: map[string]int64{"rate": t.BytesPerSecond / unit},
	}, t.Stream.check()
}
