package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// Inject breaks the bench's world with f, and returns when an own dial past the gateway has confirmed it. The undo is
// idempotent. The error wraps errors.ErrUnsupported when the world cannot be broken so; nothing is broken then. A
// fault that one request uses up is ready for the next one only.
func Inject(ctx context.Context, b *site.Bench, f *catalog.Fault) (undo func(context.Context) error, err error) {
	for _, n := range f.Needs {
		if reason := b.World.Lacks(n); reason != "" {
			return nil, fmt.Errorf("inject %s: it needs %s: %s: %w", f.ID, n.About(), reason, errors.ErrUnsupported)
		}
	}
	if reason := (catalog.Experiment{ID: f.ID, Fault: f}).Inapplicable(b.Definition, b.Setting); reason != "" {
		return nil, fmt.Errorf("inject %s: %w", f.ID, site.Inapplicable(reason))
	}
	t := run{experiment: catalog.Experiment{ID: f.ID, Fault: f}, site: On(b)}
	undo, err = t.undo, t.inject(ctx)
	if err == nil {
		err = t.rearm(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, undo(context.WithoutCancel(ctx)))
	}
	return undo, nil
}

// Held is an experiment that stands still where its probes would begin: the fault is in force, and the gateway in the
// state that the experiment is about.
type Held struct {
	Bench *site.Bench
	// Evidence is what confirmed the fault without the gateway; empty where nothing is broken.
	Evidence string
	// Rearm makes a fault that one request uses up ready for the next; nil for others.
	Rearm func(context.Context) error

	undo func(context.Context) error
}

// Hold makes the experiment in w up to its probes, by what Run does. The error says why it cannot be made, or what
// stopped it; nothing is left then. The caller calls Release.
func Hold(ctx context.Context, w *world.World, s site.Setup, open site.Opener, e catalog.Experiment) (*Held, error) {
	if reason := e.Impossible(w, s.Definition, s.Setting); reason != "" {
		return nil, site.Inapplicable(reason)
	}
	s.Protocol, s.Prepare = e.Protocol, e.Prepare()
	b, err := open(w, s)
	if err != nil {
		return nil, err
	}
	t := run{experiment: e, site: On(b)}
	h := &Held{Bench: b, undo: func(context.Context) error { return nil }}
	if err = t.ready(ctx); err == nil {
		h.undo, err = t.undo, t.inject(ctx)
	}
	if err == nil && t.injection != nil {
		h.Evidence, h.Rearm = t.record.Evidence, t.injection.Rearm
		err = t.rearm(ctx)
	}
	if err != nil {
		if errors.Is(err, errors.ErrUnsupported) {
			err = site.Inapplicable(strings.TrimSuffix(err.Error(), ": "+errors.ErrUnsupported.Error()))
		} else {
			err = fmt.Errorf("%w%s", err, lastWords(b.Gateway.Since(nil), b.Gateway.Dead() != ""))
		}
		return nil, errors.Join(err, h.Release(ctx))
	}
	return h, nil
}

// Release takes the fault back, and ends everything that Hold started.
func (h *Held) Release(ctx context.Context) error {
	defer h.Bench.Close()
	return h.undo(context.WithoutCancel(ctx))
}
