package engine

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// TestOurOwnLackIsNoted: a client of the harness that had no descriptor saw nothing of the gateway.
func TestOurOwnLackIsNoted(t *testing.T) {
	o := record.Observation{Probe: "GET /"}
	site.Unconnected(&o, fmt.Errorf("dial: %w", syscall.EMFILE))
	tr := &run{record: record.Record{Started: time.Now(), Observations: []record.Observation{o}}}
	if tr.blameMachine(nil); !strings.Contains(tr.record.Lacks, "too many open files") {
		t.Errorf("got %q, want the lack named", tr.record.Lacks)
	}
	tr = &run{record: record.Record{Started: time.Now()}}
	if tr.blameMachine(fmt.Errorf("start world: %w", syscall.ENFILE)); tr.record.Lacks == "" {
		t.Error("got no lack of ENFILE, want one")
	}
	tr = &run{record: record.Record{Started: time.Now()}}
	if tr.blameMachine(fmt.Errorf("dial: %w", syscall.ECONNREFUSED)); tr.record.Lacks != "" {
		t.Errorf("got %q of somebody else's error, want none", tr.record.Lacks)
	}
}
