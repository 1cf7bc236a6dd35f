package site

import (
	"fmt"
	"math"
)

// filling is what the clients that are served one after the other show of a gateway's pools: on which connections to
// the upstream their requests came.
type filling struct {
	known        map[string]bool // connections that requests came on
	served       int             // clients so far
	calm         int             // of these, how many came after the last that showed one pool more
	open, atMost int             // connections that are open now, as far as the system tells, and were at once
}

// met takes down that one more client was served, and on which connection. Open is asked where it is a new one.
func (f *filling) met(connection string, open func() int) {
	f.served++
	f.calm++
	if f.known[connection] {
		return
	}
	if f.known == nil {
		f.known = map[string]bool{}
	}
	f.known[connection] = true
	// One that takes the place of another is of the same pool: on a slow machine idle ones end meanwhile.
	if f.open = open(); f.open == 0 || f.open > f.atMost {
		f.atMost, f.calm = f.open, 0
	}
}

// pools is how many pools have shown themselves.
func (f *filling) pools() int {
	if f.atMost > 0 {
		return min(len(f.known), f.atMost)
	}
	return len(f.known)
}

// newcomers is how many clients are served before a gateway is said to keep no connection for the next. Two would do
// for one that always keeps it; but Go's transport, as an example, closes a connection whose writer does not get the
// processor within 50 ms (net/http, maxWriteWaitBeforeConnReuse). One that does keep as many connections as it opened
// may have a pool for each of its workers: of that, many newcomers are served before it is given up.
const (
	newcomers     = 5
	manyNewcomers = 64
)

// ends tells whether another client is of use: no more if all pools are full, or if there is a reason, in words, why
// they are not going to be.
func (f *filling) ends() (full bool, why string) {
	again := f.served > len(f.known)
	switch {
	case again && f.calm >= sure(f.pools()):
		return true, ""
	case !again && f.served >= newcomers && f.open < len(f.known), !again && f.served >= manyNewcomers:
		return false, fmt.Sprintf(
			"it does not reuse connections to the upstream (no keepalive): the requests of %d clients came on as many",
			f.served)
	case f.served >= enough(f.pools()):
		return false, fmt.Sprintf("it keeps connections in so many pools, one for each worker, that %d clients have not "+
			"filled all of them", f.served)
	}
	return false, ""
}

// overlooked is how often a pool may be taken for not there, and givenUp how often pools are given up that more
// clients would have filled: of a fault that is tried every night, once in 27 years.
const (
	overlooked = 0.01
	givenUp    = 0.0001
)

// sure is how many clients in a row must have met one of the pools that are known before there is said to be no other.
// If any is met alike, one more of them is overlooked as often as is stated: (n/(n+1))^c is less than that.
func sure(pools int) int {
	return int(math.Ceil(math.Log(overlooked) / math.Log(float64(pools)/float64(pools+1))))
}

// enough is how many clients have met each of the pools, and then shown that there is no other, but for as many times
// as is stated: if any is met alike, n·(1-1/n)^c of n pools are not met by c clients, and that is less than n·e^(-c/n).
// Pools that go on showing themselves are given up, too: no gateway here keeps more than 64 for one upstream.
func enough(pools int) int {
	n := float64(min(max(pools, 1), 64))
	return max(manyNewcomers, int(math.Ceil(n*math.Log(n/givenUp)))+sure(int(n)))
}
