package runner

import (
	"errors"
	"sync"

	"github.com/gatequake/gatequake/harness"
)

// columns remembers, for each gateway and setting of a run, the verdict that showed that it does not serve at all. The other experiments on it would wait in
// vain, half a minute each; they are reported as inconclusive for that one's reason.
type columns struct {
	mu      sync.Mutex
	verdict map[string]harness.Verdict
}

func column(j Job) string { return j.Gateway.Name + "/" + j.Setting }

// note remembers v if it shows that its column does not serve.
func (c *columns) note(j Job, v harness.Verdict) {
	if v.Result != harness.Inconclusive || v.Served {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.verdict == nil {
		c.verdict = map[string]harness.Verdict{}
	}
	if _, ok := c.verdict[column(j)]; !ok {
		c.verdict[column(j)] = v
	}
}

// down returns the verdict on a job whose column is known not to serve.
func (c *columns) down(j Job, o Options) (harness.Verdict, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	first, ok := c.verdict[column(j)]
	if !ok {
		return harness.Verdict{}, false
	}
	v := unheard(j, errors.New(first.Reason)).NotTried(first)
	v.Version, v.Started, v.Log, v.Replay = j.Version, first.Started, first.Log, Replay(j, o.Mode)
	return v, true
}
