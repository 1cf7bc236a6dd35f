package upstream

import (
	"context"
	"errors"
	"strconv"
	"testing"
)

func TestRecordKeepsTheLatestHits(t *testing.T) {
	var r Record
	for i := range 3 * maxHits {
		r.note(event{Hit: &Hit{Nonce: strconv.Itoa(i), Connection: i}})
	}
	hits := r.Hits()
	if len(hits) > maxHits || len(hits) < maxHits/2 {
		t.Errorf("got %d hits, want %d to %d", len(hits), maxHits/2, maxHits)
	}
	last := strconv.Itoa(3*maxHits - 1)
	if hits[len(hits)-1].Nonce != last || len(r.HitsOf(last)) != 1 || len(r.HitsOf("0")) != 0 {
		t.Errorf("got %q last, want %q; got %d of the first, want 0", hits[len(hits)-1].Nonce, last, len(r.HitsOf("0")))
	}
}

func TestWaitHitGivesUpWithItsContext(t *testing.T) {
	var r Record
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.WaitHit(ctx, "n"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
