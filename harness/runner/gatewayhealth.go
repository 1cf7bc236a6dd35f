package runner

import (
	"errors"
	"sync"

	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/verdict"
)

// gatewayHealth remembers, for each gateway and setting of a run (a column of the matrix), whether it serves at all. A
// gateway that did not is in doubt, and its experiments wait, until one was run again with no other world beside it. If
// the gateway does not serve then either it is given up: the other experiments on it would wait in vain, half a minute
// each, and are reported as inconclusive, with the reason of that one.
type gatewayHealth struct {
	mu     sync.Mutex
	served map[string]bool
	doubts map[string]bool
	down   map[string]verdict.Verdict
}

func newGatewayHealth() *gatewayHealth {
	return &gatewayHealth{served: map[string]bool{}, doubts: map[string]bool{}, down: map[string]verdict.Verdict{}}
}

func columnKey(j Job) string { return j.Gateway.Name + "/" + j.Setting }

// didNotServe reports whether v tells that the gateway did not serve. A machine that had no descriptors or processes
// for a world says nothing of the gateway.
func didNotServe(v verdict.Verdict) bool {
	return v.Result == verdict.Inconclusive && !v.Served && !v.Lacked
}

// standing is what a verdict says of whether the gateway serves.
type standing int

const (
	healthy  standing = iota // the gateway serves, or nothing speaks against that
	doubtful                 // the gateway did not serve, and never has: the verdict is the first to show that
	onHold                   // the gateway was in doubt before
)

// note remembers what v tells of its column.
func (c *gatewayHealth) note(j Job, v verdict.Verdict) standing {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v.Served {
		c.served[columnKey(j)] = true
		delete(c.doubts, columnKey(j))
	}
	switch {
	case !didNotServe(v) || c.served[columnKey(j)]:
		return healthy
	case c.doubts[columnKey(j)]:
		return onHold
	}
	c.doubts[columnKey(j)] = true
	return doubtful
}

// waits reports whether the job's column is in doubt.
func (c *gatewayHealth) waits(j Job) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.doubts[columnKey(j)]
}

// giveUp remembers v, the second of its column that showed that this does not serve.
func (c *gatewayHealth) giveUp(j Job, v verdict.Verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.doubts, columnKey(j))
	c.down[columnKey(j)] = v
}

// given returns the verdict on a job whose column was given up.
func (c *gatewayHealth) given(j Job, o Options) (verdict.Verdict, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	first, ok := c.down[columnKey(j)]
	if !ok {
		return verdict.Verdict{}, false
	}
	v := judge.Decide(noVerdict(j, errors.New(first.Reason)), j.policy()).NotTried(first)
	v.Version, v.Started, v.Log, v.Replay = j.Version, first.Started, first.Log, Replay(j, o.Mode)
	return v, true
}
