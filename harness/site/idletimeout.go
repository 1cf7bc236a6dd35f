package site

import "time"

// Idler is a site whose upstream ends idle connections after a time of its own, in faults that make it do so.
type Idler interface {
	// IdleTimeout is after how long without a request it ends a connection.
	IdleTimeout() time.Duration
}

// idleTimeout is that of the upstream of a known gateway: as short as the folders' other limits are, so that nobody
// waits for what a longer one would show as well.
const idleTimeout = 500 * time.Millisecond

// IdleTimeout is after how long without a request the upstream ends a connection, in faults that make it do so.
func (b *Bench) IdleTimeout() time.Duration {
	if i, may := b.Kind.(Idler); may {
		return i.IdleTimeout()
	}
	return idleTimeout
}
