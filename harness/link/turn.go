package link

import "time"

// turn is where a connection stands: in an exchange, or before the first.
type turn struct {
	tap        *Tap
	connection int
	now        *Exchange
}

// sent notes bytes before they are passed on, so that no answer to them is noted earlier.
func (u *turn) sent(p []byte) {
	t := u.tap
	t.mu.Lock()
	defer t.mu.Unlock()
	if u.now == nil || u.now.ReceivedBytes > 0 {
		u.begin()
	}
	u.now.SentBytes += int64(len(p))
	u.now.Sent = append(u.now.Sent, p[:min(len(p), keptOfRequest-len(u.now.Sent))]...)
}

func (u *turn) received(p []byte) {
	t := u.tap
	t.mu.Lock()
	defer t.mu.Unlock()
	if u.now == nil {
		u.begin() // It speaks first.
	}
	if u.now.ReceivedBytes == 0 {
		u.now.Answered = time.Now()
	}
	u.now.ReceivedBytes += int64(len(p))
	u.now.Received = append(u.now.Received, p[:min(len(p), keptOfAnswer-len(u.now.Received))]...)
}

func (u *turn) begin() {
	u.now = &Exchange{Connection: u.connection, Begun: time.Now()}
	if all := u.tap.exchanges; len(all) >= keptExchanges {
		u.tap.exchanges = append(all[:0:0], all[len(all)-keptExchanges+1:]...)
	}
	u.tap.exchanges = append(u.tap.exchanges, u.now)
}

// writer is an io.Writer that cannot fail.
type writer func([]byte)

// Write hands p over.
func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}
