package harness

import (
	"context"
	"errors"
	"fmt"
)

// Inject breaks the bench's world with f, and returns when an own dial past the gateway has confirmed it. The undo is idempotent. The error wraps
// errors.ErrUnsupported when the world cannot be broken so; nothing is broken then. A fault that one request uses up is ready for the next one only.
func (b *Bench) Inject(ctx context.Context, f *Fault) (undo func(context.Context) error, err error) {
	for _, n := range f.Needs {
		if reason := b.World.Lacks(n); reason != "" {
			return nil, fmt.Errorf("inject %s: it needs %s: %s: %w", f.ID, n.About(), reason, errors.ErrUnsupported)
		}
	}
	if reason := (Experiment{ID: f.ID, Fault: f}).cannotOwn(b.Definition, b.Setting); reason != "" {
		return nil, fmt.Errorf("inject %s: %w", f.ID, inapplicable(reason))
	}
	t := trial{experiment: Experiment{ID: f.ID, Fault: f}, bench: b}
	undo, err = t.inject(ctx)
	if err == nil {
		err = t.rearm(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, undo(context.WithoutCancel(ctx)))
	}
	return undo, nil
}
