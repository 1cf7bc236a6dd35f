package loadtest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestNobodyWaitsForAnother hangs every call until all have been made: one that waited for another would never be made.
func TestNobodyWaitsForAnother(t *testing.T) {
	const calls, rate = 40, 200
	var all sync.WaitGroup
	all.Add(calls)
	var mu sync.Mutex
	due := []time.Time{}
	begin := time.Now()
	if err := openLoop(t.Context(), rate, calls, func(at time.Time) {
		mu.Lock()
		due = append(due, at)
		mu.Unlock()
		all.Done()
		all.Wait()
	}); err != nil {
		t.Fatal(err)
	}
	if len(due) != calls {
		t.Fatalf("got %d calls, want %d", len(due), calls)
	}
	slices.SortFunc(due, time.Time.Compare)
	for i, at := range due {
		if want := due[0].Add(time.Duration(i) * time.Second / rate); !at.Equal(want) {
			t.Errorf("call %d: got due %s after the first, want %s", i+1, at.Sub(due[0]), want.Sub(due[0]))
		}
	}
	if due[0].Before(begin) {
		t.Errorf("got the first due %s before the load began", begin.Sub(due[0]))
	}
}

func TestOpenLoopEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var once sync.Once
	if err := openLoop(ctx, 1000, 1<<30, func(time.Time) { once.Do(cancel) }); err != nil {
		t.Fatal(err)
	}
}

func TestOpenLoopRefusesWhatIsNoLoad(t *testing.T) {
	for _, c := range []struct{ rate, most int }{{0, 1}, {1, 0}, {-1, 1}} {
		if err := openLoop(t.Context(), c.rate, c.most, func(time.Time) { t.Error("called") }); err == nil {
			t.Errorf("%d at %d a second: got no error, want one", c.most, c.rate)
		}
	}
}
