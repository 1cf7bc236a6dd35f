package engine

import (
	"context"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// Run makes the experiment in w: steady state, inject, confirm, probe, undo, steady again. It always returns a record, which
// says what stopped it early, if something did. Everything it started has ended when it returns.
func Run(ctx context.Context, e catalog.Experiment, w *world.World, s site.Setup, open site.Opener) record.Record {
	t := &run{experiment: e, record: e.Record()}
	r := &t.record
	r.Gateway, r.Setting, r.World, r.Started = s.Definition.Name, s.Setting, string(w.Mode), time.Now().UTC()
	if r.Cannot = e.Impossible(w, s.Definition, s.Setting); r.Cannot != "" {
		return *r
	}
	s.Protocol, s.Prepare = e.Protocol, e.Prepare()
	t.make(ctx, w, s, open)
	r.TookMS = record.MS(time.Since(r.Started))
	return *r
}
