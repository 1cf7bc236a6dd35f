// Package strain measures what the machine does to the harness: how late it lets the harness and the gateway run,
// and what it has not left for them.
//
//	a timer that wakes too late, /proc: who was ready and waited for a processor ──> Monitor.Late
//	EMFILE, ENFILE, ENOMEM, ENOBUFS, a fork's EAGAIN ──> Lacks, Note ──> Noted
//
// It measures and concludes nothing: who judges a gateway asks whether what was seen may be the machine's doing.
package strain

import (
	"sync"
	"time"
)

// Tick is how often a Monitor wakes, and so the shortest delay that it is sure to see. The checks whose outcome
// depends on time bear fifty times as much; sixty-four worlds that wake so often take one hundredth of a processor.
const Tick = 20 * time.Millisecond

// Monitor measures how late the machine lets this process, and the others that it is told to look at, run. A nil
// one measures nothing. It is safe for concurrent use.
type Monitor struct {
	look func() Load
	stop chan struct{}
	done chan struct{}

	mu     sync.Mutex // guards what follows
	due    time.Time  // when the timer wakes next
	delays []delay    // oldest first
	last   reading
}

// delay is how late the timer woke once.
type delay struct {
	at time.Time
	by time.Duration
}

// Load is what has been going on since some moment in the past, which is the same for every Load of a machine.
type Load struct {
	// Ran is how long the processes that are looked at have run: each thread's time is added.
	Ran time.Duration
	// Waited is how long each of their threads was ready to run and had no processor.
	Waited map[Thread]time.Duration
	// Busy is how long the processors of the machine have run anybody, this machine's host included.
	Busy time.Duration
}

// Thread is a thread of a process, by the numbers that /proc gives them.
type Thread struct{ Process, Thread string }

// waited is how long an answer may have waited for processors between two loads: it passes through every process,
// and through one thread of it, the one that waited longest, at least.
func (l Load) waited(before Load) (all time.Duration) {
	longest := map[string]time.Duration{}
	for t, w := range l.Waited {
		longest[t.Process] = max(longest[t.Process], w-before.Waited[t])
	}
	for _, w := range longest {
		all += w
	}
	return all
}

type reading struct {
	at time.Time
	Load
}

// Watch returns a Monitor that has begun. Look tells of the load so far; nil leaves the timer alone to measure.
// The caller calls Close.
func Watch(look func() Load) *Monitor {
	if look == nil {
		look = func() Load { return Load{} }
	}
	m := &Monitor{look: look, stop: make(chan struct{}), done: make(chan struct{}), due: time.Now().Add(Tick)}
	go m.run()
	return m
}

// Close ends the measuring; what was measured stays.
func (m *Monitor) Close() {
	if m != nil {
		close(m.stop)
		<-m.done
	}
}

func (m *Monitor) run() {
	defer close(m.done)
	timer := time.NewTimer(Tick)
	defer timer.Stop()
	for {
		select {
		case <-m.stop:
			return
		case <-timer.C:
			try() // Whether the machine has a descriptor left for us.
			m.woke(time.Now())
			timer.Reset(Tick)
		}
	}
}

// woke notes that the timer woke, and when it will next.
func (m *Monitor) woke(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if by := now.Sub(m.due); by >= time.Millisecond { // What is less is no delay, and would be kept in vain.
		m.delays = append(m.delays, delay{now, by})
	}
	m.due = now.Add(Tick)
}

// Span is a stretch of time that has begun.
type Span struct {
	begin time.Time
	load  Load
}

// Begin begins a span.
func (m *Monitor) Begin() Span {
	if m == nil {
		return Span{}
	}
	r := m.read()
	return Span{time.Now(), r.Load}
}

// Late returns how late the machine may have made what happened since the span began: the longest by which the
// timer of this process woke too late, or as long as a thread of each process that is looked at was ready and
// had no processor, if that is more. The latter counts only as far as others ran meanwhile: a gateway that keeps
// all processors busy by itself waits for itself.
func (m *Monitor) Late(s Span) time.Duration {
	if m == nil {
		return 0
	}
	now := m.read().Load
	waited, ran, busy := now.waited(s.load), now.Ran-s.load.Ran, now.Busy-s.load.Busy
	late := max(0, min(waited, busy-ran))
	m.mu.Lock()
	defer m.mu.Unlock()
	late = max(late, time.Since(m.due)) // It has not woken yet.
	for i := len(m.delays) - 1; i >= 0 && m.delays[i].at.After(s.begin); i-- {
		late = max(late, m.delays[i].by)
	}
	return late
}

// read returns the load, no older than a tick: to look costs some system calls for each thread, and a load of
// clients asks for every one of them.
func (m *Monitor) read() reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); now.Sub(m.last.at) > Tick {
		m.last = reading{now, m.look()}
	}
	return m.last
}
