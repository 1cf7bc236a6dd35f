package loadtest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// openLoop calls ask at the rate, in calls a second, until ask was called most times or ctx ends. No call waits for
// another. Due is when the call had to be made: a wait that is measured from there includes the time by which a client
// set out late because the machine was busy (coordinated omission). openLoop returns when all calls have.
//
// Vegeta is used as a clock alone. It would send its requests through net/http, whose Transport sends a GET again when
// a connection breaks; so its transport calls ask in place of sending anything.
func openLoop(ctx context.Context, rate, most int, ask func(due time.Time)) error {
	if rate < 1 || most < 1 {
		return fmt.Errorf("offer load: got %d calls at %d a second, want at least one of either", most, rate)
	}
	p := &pace{ctx: ctx, most: uint64(most), interval: time.Second / time.Duration(rate)}
	attacker := vegeta.NewAttacker(vegeta.Workers(1),
		vegeta.Client(&http.Client{Transport: askTransport(func(call uint64) { ask(p.due(call)) })}))
	stop := context.AfterFunc(ctx, func() { attacker.Stop() })
	defer stop()
	nothing := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: "http://ask.invalid/"})
	for range attacker.Attack(nothing, p, 0, "") { // Read to its end, or nobody else is called.
	}
	return nil
}

// pace is when the calls are made.
type pace struct {
	ctx      context.Context
	most     uint64
	interval time.Duration
	began    time.Time // with the first call
}

// Pace implements vegeta.Pacer: how long to wait for the next call, and whether there is none.
func (p *pace) Pace(_ time.Duration, calls uint64) (time.Duration, bool) {
	if calls == 0 {
		p.began = time.Now()
	}
	return time.Until(p.due(calls)), calls >= p.most || p.ctx.Err() != nil
}

// Rate implements vegeta.Pacer, in calls a second.
func (p *pace) Rate(time.Duration) float64 { return float64(time.Second) / float64(p.interval) }

// due is when the call, counted from 0, has to be made.
func (p *pace) due(call uint64) time.Time { return p.began.Add(time.Duration(call) * p.interval) }

// askTransport stands where Vegeta would send a request: what it does with the number of the call is all that is done.
type askTransport func(call uint64)

// RoundTrip implements http.RoundTripper.
func (e askTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	call, err := strconv.ParseUint(r.Header.Get("X-Vegeta-Seq"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read number of call: %w", err)
	}
	e(call)
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}
