package engine

import (
	"context"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// Run makes the experiment on the site: steady state, inject, confirm, probe, undo, steady again. It knows no policy
// and no check. It always returns a record, which says what stopped it early, if something did.
func Run(ctx context.Context, s Site, e catalog.Experiment) record.Record {
	return begun(e, nil).on(ctx, s)
}

// RunIn opens the site of a bench in w, and makes the experiment on it, if it can be made there. Everything that it has
// started has ended when it returns.
func RunIn(ctx context.Context, w *world.World, s site.Setup, open site.Opener, e catalog.Experiment) record.Record {
	t := begun(e, w)
	r := &t.record
	r.Gateway, r.Setting = s.Definition.Name, s.Setting
	if r.Cannot = e.Impossible(w, s.Definition, s.Setting); r.Cannot != "" {
		return *r
	}
	s.Protocol, s.Prepare = e.Protocol, e.Prepare()
	b, err := open(w, s)
	if err != nil {
		r.Stopped = err.Error()
		t.blameMachine(err)
		return t.ended()
	}
	defer b.Close()
	return t.on(ctx, On(b))
}

// begun is the experiment at its beginning, in w if it is in a world.
func begun(e catalog.Experiment, w *world.World) *run {
	t := &run{experiment: e, record: e.Record()}
	t.record.Started = time.Now().UTC()
	if w != nil {
		t.record.World = string(w.Mode)
	}
	return t
}

// on makes the experiment on the site.
func (t *run) on(ctx context.Context, s Site) record.Record {
	t.site = s
	t.make(ctx)
	return t.ended()
}

func (t *run) ended() record.Record {
	t.record.TookMS = record.MS(time.Since(t.record.Started))
	return t.record
}
