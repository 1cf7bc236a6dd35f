// Package faults holds what can be wrong around a gateway, and what a gateway must refuse. One file is one fault,
// or one family of one mechanism, and registers itself; importing the package for its side effect makes all of
// them known.
package faults

import (
	"context"
	"io"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/site"
)

// silenceWindow is how long an own dial waits before it calls an upstream silent. A healthy one on loopback answers
// within a millisecond; that it stays silent for as long as the gateway waits is proved by confirming again after
// the probes.
const silenceWindow = 300 * time.Millisecond

// toxic is an injection by the link in front of the upstream.
func toxic(
	ctx context.Context, b *site.Bench, t link.Toxic, confirm func(context.Context) (string, error),
) (*catalog.Injection, error) {
	undo, err := b.Upstream.Link.Inject(ctx, t)
	if err != nil {
		return nil, err
	}
	return &catalog.Injection{Undo: undo, Confirm: confirm}, nil
}

// replace lets something broken listen at the upstream's own address in place of the link.
func replace[T io.Closer](
	ctx context.Context, b *site.Bench, start func(at string) (T, error),
) (stranger T, undo func(context.Context) error, err error) {
	back, err := b.Upstream.Link.Detach(ctx)
	if err != nil {
		return stranger, nil, err
	}
	if stranger, err = start(b.Plan.Upstream.String()); err != nil {
		_ = back(ctx)
		return stranger, nil, err
	}
	if r, ok := any(stranger).(site.Recorder); ok {
		b.Record(r)
	}
	return stranger, func(ctx context.Context) error {
		if err := stranger.Close(); err != nil {
			return err
		}
		return back(ctx)
	}, nil
}
