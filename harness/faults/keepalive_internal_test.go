package faults

import (
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/upstream"
)

// A connection that is closed because the pool is full says nothing of the gateway's idle timeout.
func TestAdviceNamesTheIdleTimeout(t *testing.T) {
	since := time.Unix(100, 0)
	for _, c := range []struct {
		name  string
		ends  []time.Duration
		wants string
	}{
		{"none", nil, "the gateway ended none before that"},
		{"a full pool", []time.Duration{5 * time.Millisecond}, "the gateway ended none before that"},
		{"a timeout, and a full pool", []time.Duration{5 * time.Millisecond, 900 * time.Millisecond}, "after 900ms at the earliest"},
	} {
		k := keeps{since: since}
		all := []upstream.IdleEnd{{At: since.Add(-time.Second), After: 800 * time.Millisecond}} // Of an earlier load.
		for _, after := range c.ends {
			all = append(all, upstream.IdleEnd{At: since.Add(after), After: after})
		}
		k.look(all, time.Second)
		if got := k.advice(time.Second); !strings.Contains(got, c.wants) {
			t.Errorf("%s: got %q, want %q in it", c.name, got, c.wants)
		}
	}
}
