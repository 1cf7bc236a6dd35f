package runner

import (
	"sync"

	"github.com/gatequake/gatequake/harness/verdict"
)

// runs collects the verdicts of jobs that are run several times.
type runs struct {
	want int

	mu  sync.Mutex
	got map[string][]verdict.Verdict
}

// add notes a verdict, and returns the verdict on all runs of the job when it was the last.
func (r *runs) add(j Job, v verdict.Verdict) (verdict.Verdict, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.got == nil {
		r.got = map[string][]verdict.Verdict{}
	}
	key := columnKey(j) + " " + j.Experiment
	r.got[key] = append(r.got[key], v)
	if len(r.got[key]) < r.want {
		return verdict.Verdict{}, false
	}
	return verdict.Combine(r.got[key]), true
}
