package site

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/stamp"
)

// after tells what an answer left behind: the client sends another request on the same connection, to the bystander,
// and must get the answer to that and nothing else, or find the connection closed.
//
// A gateway may close it at any time, announced or not (RFC 9112, section 9.5; RFC 9113, section 9.1). Whether the
// client sees that as FIN or as RST is a matter of chance: the kernel answers with RST if the client's request arrives
// before the gateway closes. Both are a close, as long as nothing of an answer came.
//
// Where there is no bystander to ask, nothing more may have come than the answer.
func (b *Bench) after(
	ctx context.Context,
	c *client.Conn,
	o record.Observation,
	source netip.Addr,
	route Route,
) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), Patience)
	defer cancel()
	if !o.Keep {
		surplus, end := c.Rest(ctx)
		switch {
		case surplus > 0:
			return fmt.Sprintf("%d bytes after the end of the answer", surplus)
		case end != client.Closed:
			return "announced as closing, then " + string(end)
		}
		return record.ConnectionClosed
	}
	switch {
	case b.Exclusive(route) && c.Surplus() > 0: // The next request would get it for its answer.
		return "open, with bytes after the end of the answer"
	case b.Exclusive(route):
		return record.ConnectionUntried
	}
	r, _ := b.Request(Probe{Route: RouteBystander})
	next := answered{c.Do(ctx, r), r.Header[0].Value}
	switch {
	case next.whole() && b.Stamped(next.Response, next.nonce):
		return record.ConnectionUsable
	case next.Gone, next.End == client.Closed:
		return record.ConnectionClosed
	case next.whole() && b.asOnNewOnes(ctx, next, source):
		return record.ConnectionUsable // Whatever is wrong, a new connection fares no better.
	case next.End == client.TimedOut && b.BystanderWay(context.WithoutCancel(ctx)) != nil:
		return record.ConnectionUntried // Nobody could have answered it.
	case next.whole():
		return fmt.Sprintf("the next request on it got a whole %d %s", next.Status, record.NotItsOwn)
	case next.Status != 0:
		return fmt.Sprintf("the next request on it got %d, %s", next.Status, next.End)
	}
	return fmt.Sprintf("the next request on it got no answer: %s", next.End)
}

// answered is what came back for the request with the nonce.
type answered struct {
	client.Response
	nonce string
}

func (a answered) whole() bool { return a.End == client.Complete || a.End == client.Unframed }

// anew asks the bystander on a new connection from source.
func (b *Bench) anew(ctx context.Context, source netip.Addr) answered {
	r, _ := b.Request(Probe{Route: RouteBystander})
	way, door := b.WayOf(Probe{Route: RouteBystander}, source)
	return answered{way.Once(ctx, door, source, r), r.Header[0].Value}
}

// asOnNewOnes reports whether the next answer on a connection, which does not have the stamp that it should have, is
// what the same request gets on new connections: the same status, as little stamped, and the same body, if that is
// the same each time. Without that, an answer to an earlier request, or one that an upstream has made up behind the
// end of its own (response splitting), would be taken for the answer to this one.
func (b *Bench) asOnNewOnes(ctx context.Context, next answered, source netip.Addr) bool {
	first, second := b.anew(ctx, source), b.anew(ctx, source)
	for _, fresh := range []answered{first, second} {
		if !fresh.whole() || b.Stamped(fresh.Response, fresh.nonce) || fresh.Status != next.Status ||
			fresh.Header.Get(stamp.Answer) != next.Header.Get(stamp.Answer) {
			return false
		}
	}
	if !bytes.Equal(first.Body, second.Body) || bytes.Equal(next.Body, first.Body) {
		return true
	}
	// A page with the time of day on it (Squid's) differs from one second to the next only.
	select {
	case <-ctx.Done():
	case <-time.After(clockTick):
	}
	third := b.anew(ctx, source)
	return third.whole() && !bytes.Equal(first.Body, third.Body)
}

// clockTick is longer than the unit in which pages tell the time of day.
const clockTick = 1100 * time.Millisecond
