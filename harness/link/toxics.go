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
