package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/interrupt"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

// measure runs the jobs in the order dealt, writes each verdict down as it comes, and makes the report of all. When a
// verdict cannot be written down, no more are measured, and what there is is reported.
func (a *app) measure(
	ctx context.Context,
	r *report.Run,
	o order,
	all, dealt []runner.Job,
	there []*candidate,
) error {
	defer interrupt.OutlivePipes()() // Who reads along may go: the report is written all the same.
	stream, killed, err := report.OpenStream(o.report, *r)
	if err != nil {
		return usage("--report: %w, or choose another folder", err)
	}
	if killed {
		was := filepath.Join(o.report, report.KilledFile)
		_, _ = fmt.Fprintf(a.err,
			"gatequake: a run before this one was killed; what it measured is in %s: see gatequake report --help\n",
			report.Safe(was))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var lost error
	found := directives{own: o.own}
	a.play(
		ctx,
		r,
		all,
		dealt,
		runner.Options{Mode: world.Mode(r.World), Workers: int(o.workers), Repeat: int(o.repeat), Remote: o.there},
		o.verbose,
		func(v *verdict.Verdict) {
			o.finishReplay(v, there)
			found.note(v)
			if lost = stream.Add(*v); lost != nil {
				cancel()
			}
		},
	)
	stream.Release()
	*r = report.ReadLogs(*r)
	if written := report.Write(o.report, *r); written != nil {
		kept, err := stream.Keep()
		shown := a.show(*r, o, "")
		if err != nil {
			return unclear(errors.Join(written, err, shown))
		}
		return unclear(fmt.Errorf("%w; what was measured is in %s: make room, then gatequake report %s",
			written, kept, quoted(kept)))
	}
	closed := stream.Close()
	shown := a.show(*r, o, o.report)
	switch {
	case closed != nil:
		return unclear(closed)
	case lost != nil:
		return unclear(fmt.Errorf("%w; the run ended there, and its report is partial: make room", lost))
	}
	return shown
}

// play runs the jobs in the order dealt, shows each verdict to add as it comes, and puts them into the run in the
// order of all.
func (a *app) play(ctx context.Context, r *report.Run, all, dealt []runner.Job, o runner.Options, verbose bool,
	add func(*verdict.Verdict),
) {
	place := map[string]int{}
	for i, j := range all {
		place[label(j.Gateway.Name, j.Setting, j.Experiment)] = i
	}
	p := a.watch(a.err, len(all), verbose)
	o.Started = p.started
	for v := range runner.Run(ctx, dealt, o) {
		add(&v)
		p.done(v)
		r.Verdicts = append(r.Verdicts, v)
	}
	p.end()
	slices.SortFunc(r.Verdicts, func(a, b verdict.Verdict) int {
		return place[label(a.Gateway, a.Setting, a.ID)] - place[label(b.Gateway, b.Setting, b.ID)]
	})
	r.Took = time.Since(r.Started).Truncate(time.Millisecond) // As results.json keeps it.
	r.Interrupted = ctx.Err() != nil && len(r.Verdicts) < len(all)
}

// finishReplay adds the user's folder, policy and number of runs to the command, if it needs them.
func (o order) finishReplay(v *verdict.Verdict, there []*candidate) {
	if o.own != nil {
		v.Replay = o.ownReplay(*v)
	} else if slices.ContainsFunc(there, func(c *candidate) bool { return c.own && c.Name == v.Gateway }) {
		v.Replay += " --gateways " + quoted(o.folder)
	}
	if o.policy != "" {
		v.Replay += " --policy " + quoted(o.policy)
	}
	if o.repeat > 1 {
		v.Replay += " --repeat " + o.repeat.String()
	}
}
