package runner

import (
	"errors"
	"sync"

	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/verdict"
)

// columns remembers, for each gateway and setting of a run, whether it serves at all. One that did not is in doubt,
// and its experiments wait, until it was tried again with no other world beside it; then it is given up: the other
// experiments on it would wait in vain, half a minute each, and are reported as inconclusive for that one's reason.
type columns struct {
	mu     sync.Mutex
	served map[string]bool
	doubts map[string]bool
	down   map[string]verdict.Verdict
}

func newColumns() *columns {
	return &columns{served: map[string]bool{}, doubts: map[string]bool{}, down: map[string]verdict.Verdict{}}
}

func column(j Job) string { return j.Gateway.Name + "/" + j.Setting }

// silent reports whether v tells that the gateway did not serve. A machine that had no descriptors or processes for a
// world says nothing of the gateway.
func silent(v verdict.Verdict) bool {
	return v.Result == verdict.Inconclusive && !v.Served && !v.Lacked
}

// standing is what a verdict makes of its column.
type standing int

const (
	fine     standing = iota // it serves, or nothing speaks against that
	doubtful                 // it did not serve, and never has: the verdict is the first to show that
	waits                    // it was in doubt before
)

// note remembers what v tells of its column.
func (c *columns) note(j Job, v verdict.Verdict) standing {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v.Served {
		c.served[column(j)] = true
		delete(c.doubts, column(j))
	}
	switch {
	case !silent(v) || c.served[column(j)]:
		return fine
	case c.doubts[column(j)]:
		return waits
	}
	c.doubts[column(j)] = true
	return doubtful
}

// waits reports whether the job's column is in doubt.
func (c *columns) waits(j Job) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.doubts[column(j)]
}

// giveUp remembers v, the second of its column that showed that this does not serve.
func (c *columns) giveUp(j Job, v verdict.Verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.doubts, column(j))
	c.down[column(j)] = v
}

// given returns the verdict on a job whose column was given up.
func (c *columns) given(j Job, o Options) (verdict.Verdict, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	first, ok := c.down[column(j)]
	if !ok {
		return verdict.Verdict{}, false
	}
	v := judge.Decide(unheard(j, errors.New(first.Reason)), j.policy()).NotTried(first)
	v.Version, v.Started, v.Log, v.Replay = j.Version, first.Started, first.Log, Replay(j, o.Mode)
	return v, true
}
