package runner

import (
	"sync"
	"syscall"
	"time"

	"github.com/gatequake/gatequake/harness/verdict"
)

// gate lets as many worlds in as the machine bears: fewer when they were late, more when they were not (additive
// increase, multiplicative decrease). A world of a gateway that takes much of a processor counts for several.
type gate struct {
	most  float64 // worlds at a time, whatever they weigh
	least float64 // weight at a time, however late they are

	mu       sync.Mutex // guards what follows
	left     sync.Cond  // signalled when a world has ended
	capacity float64    // weight at a time
	era      int        // how often capacity was cut
	worlds   int
	weight   float64
	share    map[string]float64 // of a processor, that a world takes while it lives, by gateway
	grewAt   time.Time          // when capacity was last added to
	now      func() time.Time
}

// How the gate reckons. Measured with all thirteen gateways on two processors: while it lives, a world takes from a
// twenty-fifth of a processor (Traffic Server, whose log is waited for) to nearly a whole one.
const (
	// firstPerCPU is how many light worlds there are for each processor until the machine has shown what it bears.
	firstPerCPU = 16
	// leastPerCPU is how many there are however late they are: when it is others who keep the machine busy, to wait
	// for it with fewer worlds helps nobody. Measured with 24 busy processes beside them on two processors: 69
	// experiments took 24 s with all at a time, 19 s so, and 109 s when the gate closed down to one.
	leastPerCPU = 8
	// light is the share of a processor of a world that counts for one: what one with the built-in gateway takes.
	light = 0.15
	// unknownWeight is for a gateway of which no world has ended yet.
	unknownWeight = 1
	// lightest and heaviest are the least and the most that a world counts for: its start is dear whatever comes then,
	// and a few of the dearest run at a time even if others are none.
	lightest, heaviest = 0.5, 4
	// tooLate and onTime, in milliseconds, are when the gate lets fewer in and when more: a half and a quarter of
	// what most checks bear (check.Bearable).
	tooLate, onTime = 500, 250
	// shrink is what is left of capacity when worlds were too late. It is not cut again for worlds that began before.
	shrink = 0.7
	// growth is how much is added in each growEvery in which no world was late: from the least to the most takes
	// seconds, however long an experiment is.
	growth    = 4
	growEvery = 250 * time.Millisecond
)

func newGate(most, processors int) *gate {
	g := &gate{most: float64(max(most, 1)), share: map[string]float64{}, now: time.Now}
	g.capacity = min(g.most, float64(firstPerCPU*processors))
	g.least = min(g.most, float64(leastPerCPU*processors))
	g.left.L = &g.mu
	return g
}

// pass is the record of a world that was let in.
type pass struct {
	gateway string
	weight  float64
	era     int
}

// enter waits until the machine bears one more world, of the gateway. One that is too heavy is let in when it is alone.
func (g *gate) enter(gateway string) pass {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		p := pass{gateway, g.weightOf(gateway), g.era}
		if g.worlds == 0 || float64(g.worlds) < g.most && g.weight+p.weight <= g.capacity {
			g.worlds++
			g.weight += p.weight
			return p
		}
		g.left.Wait()
	}
}

// leave lets the next in, and learns from how late the world was and what it cost.
func (g *gate) leave(p pass, v verdict.Verdict) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.worlds--
	g.weight -= p.weight
	if v.CPUMS > 0 && v.TookMS > 0 {
		share := v.CPUMS / v.TookMS
		if before, ok := g.share[p.gateway]; ok {
			share = (3*before + share) / 4 // Experiments differ; the gateway is what stays.
		}
		g.share[p.gateway] = share
	}
	switch {
	case (v.LateMS > tooLate || v.Starved) && p.era == g.era:
		g.capacity, g.grewAt = max(g.least, g.capacity*shrink), g.now()
		g.era++
	case v.LateMS > onTime || v.Starved || v.Result == verdict.Unsupported: // The last was over before it began.
	case g.now().Sub(g.grewAt) >= growEvery:
		g.capacity, g.grewAt = min(g.most*heaviest, g.capacity+growth), g.now()
	}
	g.left.Broadcast()
}

func (g *gate) weightOf(gateway string) float64 {
	share, ok := g.share[gateway]
	if !ok {
		return min(unknownWeight, g.capacity)
	}
	return min(max(lightest, share/light), heaviest)
}

// Descriptors that a world costs. Ten are open at a time while one is started, and half of them as long as it lives;
// its first process, which has the same limit, was seen with 62 (connection-limit-close), and is given twice that.
// What this process has open besides was 16.
const (
	descriptorsOfWorld = 10
	descriptorsInside  = 128
	descriptorsBesides = 32
)

// Room returns how many worlds this process has descriptors for, and of how many descriptors that is a share. None
// means that not even one could do its work: Needed is then how many it takes. Go has raised the limit as far as the
// system lets it; gateways get the limit that this process was started with.
func Room() (worlds int, limit uint64) {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return mostWorlds, 0
	}
	limit = uint64(l.Cur)
	return roomIn(limit), limit
}

// roomIn is how many worlds so many descriptors are enough for.
func roomIn(limit uint64) (worlds int) {
	if limit < Needed {
		return 0
	}
	return int(min((limit-descriptorsBesides)/descriptorsOfWorld, mostWorlds))
}

// Needed is how many descriptors a process must be able to open for experiments to be run.
const Needed = descriptorsInside

// mostWorlds is more than any machine bears, so that a limit that says nothing stays a number.
const mostWorlds = 1 << 16
