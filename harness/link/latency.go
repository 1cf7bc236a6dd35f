package link

import (
	"fmt"
	"time"
)

// Latency delivers every byte of the stream Delay later, give or take up to Jitter, drawn anew for each chunk
// read. It delays neither the handshake nor a close that no byte precedes. Open connections take it on and shed
// it; none is dropped.
type Latency struct {
	Delay, Jitter time.Duration // whole milliseconds; Delay at least one, Jitter at most Delay
	Stream        Stream
}

// String returns the toxic with its dose.
func (t Latency) String() string {
	return fmt.Sprintf("latency %v±%v %v", t.Delay, t.Jitter, t.Stream)
}

func (t Latency) plan() (plan, error) {
	delay, err := milliseconds("Delay", t.Delay, time.Millisecond)
	if err != nil {
		return plan{}, err
	}
	jitter, err := milliseconds("Jitter", t.Jitter, 0)
	if err != nil {
		return plan{}, err
	}
	if jitter > delay { // a delay below zero is none, so that the mean would not be Delay
		return plan{}, fmt.Errorf("Jitter: got %v, want at most the Delay of %v", t.Jitter, t.Delay)
	}
	return plan{
		Type:       "latency",
		Stream:     t.Stream.String(),
		Attributes: map[string]int64{"latency": delay, "jitter": jitter},
	}, t.Stream.check()
}
