package site

import (
	"context"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/upstream"
)

// recorder is one that is known by the name of its upstream; "" is of who stands in for the one that faults strike.
type recorder struct {
	Recorder
	of string
}

// Record adds a recorder: an upstream that stands in for the one that faults strike, whose hits must count.
func (b *Bench) Record(r Recorder) { b.RecordAs("", r) }

// RecordAs adds the recorder of the upstream with the name.
func (b *Bench) RecordAs(name string, r Recorder) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.recorders = append(b.recorders, recorder{r, name})
}

// HitsOf counts how often the request with the nonce was delivered.
func (b *Bench) HitsOf(nonce string) int { return len(b.deliveries(nonce)) }

// Hits lists the requests with the nonce that reached any upstream, in their order.
func (b *Bench) Hits(nonce string) []upstream.Hit {
	return b.HitsAt(func(string) bool { return true }, nonce)
}

// HitsAt lists the requests with the nonce that reached one of the upstreams, in their order; "" is whoever stands in
// for the one that faults strike.
func (b *Bench) HitsAt(one func(upstream string) bool, nonce string) []upstream.Hit {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := []upstream.Hit{}
	for _, r := range b.recorders {
		if one(r.of) {
			all = append(all, r.HitsOf(nonce)...)
		}
	}
	inOrder(all)
	return all
}

func inOrder(all []upstream.Hit) {
	slices.SortStableFunc(all, func(a, b upstream.Hit) int { return a.At.Compare(b.At) })
}

// deliveries lists how the request with the nonce was delivered: requests with the method and the path of the first.
// One for the error page, or to who vouches, has another. Where each request asks several upstreams, that is no
// repetition: they are those of the upstream that was asked most often, the broken one if it is one of these.
func (b *Bench) deliveries(nonce string) []upstream.Hit {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, most := []upstream.Hit{}, []upstream.Hit{}
	for _, r := range b.recorders {
		if !b.delivers(r.of) {
			continue
		}
		hits := r.HitsOf(nonce)
		all = append(all, hits...)
		if len(hits) > len(most) || len(hits) == len(most) && b.isTarget(r) {
			most = hits
		}
	}
	if b.asksAll() {
		all = most
	}
	inOrder(all)
	if len(all) == 0 {
		return all
	}
	first := all[0]
	return slices.DeleteFunc(all, func(h upstream.Hit) bool { return h.Method != first.Method || h.Path != first.Path })
}

// lateCopy bounds the wait for a request that a gateway may send when its client has the answer already: on a loaded
// machine that takes some hundred milliseconds.
const lateCopy = 2 * time.Second

// hitsOfTarget lists the requests with the nonce that reached the upstream that faults strike, or who stands in for it,
// where it has another role than to serve; else how the request was delivered. Those without a nonce count that came
// since: a gateway may ask who vouches with few of the client's own fields.
func (b *Bench) hitsOfTarget(ctx context.Context, nonce string, since time.Time) []upstream.Hit {
	if b.delivers("") {
		return b.deliveries(nonce)
	}
	at := func(name string) bool { return name == "" || name == b.Target }
	for begin := time.Now(); ; {
		all := b.HitsAt(at, nonce)
		if len(all) == 0 {
			all = slices.DeleteFunc(b.HitsAt(at, ""), func(h upstream.Hit) bool { return h.At.Before(since) })
		}
		if len(all) > 0 || time.Since(begin) > lateCopy || ctx.Err() != nil {
			return all
		}
		time.Sleep(shortestPoll)
	}
}

// isTarget reports whether r is of the upstream that faults strike.
func (b *Bench) isTarget(r recorder) bool {
	return r.of != "" && r.of == b.Target || b.Upstream != nil && r.Recorder == Recorder(b.Upstream.Origin)
}

// delivers reports whether a request that reaches the upstream with the name is the client's own.
func (b *Bench) delivers(name string) bool {
	c, casts := b.Kind.(Caster)
	return !casts || c.Delivers(name)
}

// unasked is why no request reaches the upstream that faults strike while all is well; "" if one does.
func (b *Bench) unasked() string {
	if c, casts := b.Kind.(Caster); casts {
		return c.Idle()
	}
	return ""
}
