// Package runner carries experiments out: each in a world of its own, several at a time.
//
//	jobs ──> workers ──request──> worlds ──> verdicts, as they come
package runner

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/engine"
	_ "github.com/gatequake/gatequake/harness/faults" // makes every fault and block known
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	_ "github.com/gatequake/gatequake/harness/remedies" // and every remedy
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/site/own"
	"github.com/gatequake/gatequake/harness/site/remote"
	"github.com/gatequake/gatequake/harness/sites"
	"github.com/gatequake/gatequake/harness/strain"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

// Job is one cell of the matrix: an experiment on a gateway in a setting.
type Job struct {
	Experiment string              `json:"experiment"`
	Gateway    *gateway.Definition `json:"gateway"`
	Version    string              `json:"version"`
	Setting    string              `json:"setting"`
	// Policy says what should come of it; nil means policy.Document.
	Policy *policy.Policy `json:"policy,omitempty"`
	// Remedies are the IDs of those that are tried in place of the experiment's probes. Known deviations are not
	// about them.
	Remedies []string `json:"remedies,omitempty"`
}

// policy returns the job's policy.
func (j Job) policy() policy.Policy {
	if j.Policy == nil {
		return policy.Document()
	}
	return *j.Policy
}

// setup is that of the job's bench.
func (j Job) setup() site.Setup { return site.Setup{Definition: j.Gateway, Setting: j.Setting} }

// Options says how jobs are run. The zero value runs one at a time in the strongest world that the machine allows.
type Options struct {
	// Mode is how worlds are made.
	Mode world.Mode
	// Workers is how many worlds there are at a time at most; less than one means one. There are fewer while the
	// machine is late, or has not the descriptors.
	Workers int
	// Repeat is how many times each job is run; less than one means once. Its verdict comes when all its runs are
	// over, and tells if they were not alike.
	Repeat int
	// Timeout bounds each experiment; zero means Timeout, the constant.
	Timeout time.Duration
	// Args lead the re-executed binary to Serve, if its main does not do so by itself: a test binary's -test.run, say.
	Args []string
	// Remote, if not nil, is the gateway of all jobs, which runs already: they are run in this process, one at a time.
	Remote *remote.Gateway
	// Started, if not nil, is called when a job begins, from the goroutine of Run's worker.
	Started func(Job)
	// Doing, if not nil, is called with a line of what Survey does, when that changes.
	Doing func(string)

	monitor *strain.Monitor // of Run
}

// Timeout bounds one experiment: the longest, with a gateway that waits for retries and does not recover, takes below
// a minute; on a machine that is late each of the two steady states may take one more.
const Timeout = 4 * time.Minute

// Serve plays what this process was started for (the experiment of Run, or the part of Shell or TryFirewall inside
// the world), if world.Inside says that it was, and exits. Every main whose binary runs jobs calls it first;
// elsewhere it does nothing.
func Serve() {
	if world.Inside() {
		world.Serve(serve)
	}
}

func serve(ctx context.Context, w *world.World, request json.RawMessage) (any, error) {
	var r struct{ Do task }
	if err := json.Unmarshal(request, &r); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	if do := tasks[r.Do]; do != nil {
		return do(ctx, w, request)
	}
	return Execute(ctx, w, request)
}

// Execute makes the experiment that the request, a Job, names, and returns its record: what to conclude from that is
// for the process outside of the world. Serve calls it; so does a main whose worlds serve other requests too.
func Execute(ctx context.Context, w *world.World, request json.RawMessage) (any, error) {
	var j Job
	if err := json.Unmarshal(request, &j); err != nil {
		return nil, fmt.Errorf("read job: %w", err)
	}
	e, err := catalog.FindFor(j.Gateway, j.Experiment)
	if err != nil {
		return nil, err
	}
	if e, err = e.With(j.Remedies); err != nil {
		return nil, err
	}
	return engine.RunIn(ctx, w, j.setup(), sites.New, e.Under(j.policy())), nil
}

// chunkOfJobs is how many jobs are run between two runs of one, if there are as many: seconds, so that what the logs of
// two runs have in common is not when they were written. Of a run that is interrupted no more verdicts than that are
// lost for want of their last runs.
const chunkOfJobs = 64

// scheduled yields the jobs in the order in which they are run, each so many times, however many that are.
func scheduled(jobs []Job, times int) iter.Seq[Job] {
	return func(yield func(Job) bool) {
		for some := range slices.Chunk(jobs, chunkOfJobs) {
			for range times {
				for _, j := range some {
					if !yield(j) {
						return
					}
				}
			}
		}
	}
}

// RunOne runs one job and returns its verdict, which is inconclusive when the world could not be made or gave no
// answer.
func RunOne(ctx context.Context, j Job, o Options) verdict.Verdict {
	within := cmp.Or(o.Timeout, Timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("the experiment took longer than %s", within))
	defer cancel()
	r := record.Record{}
	begin, spent, span := time.Now(), time.Duration(0), o.monitor.Begin()
	if o.Remote != nil {
		r = runRemote(ctx, j, o.Remote)
	} else if err := world.Run(ctx, o.world(j, &spent), j, &r); err != nil {
		r = noVerdict(j, err)
		r.LateMS = float64(o.monitor.Late(span).Milliseconds())
		r.Started, r.TookMS = begin.UTC(), float64(time.Since(begin).Milliseconds())
	}
	r.CPUMS = float64(spent.Milliseconds())
	r.Version = j.Version
	r.Replay = Replay(j, o.Mode)
	if like := j.Gateway.Like; like != nil {
		r.Program = like.Name
	}
	r.Target = own.TargetOf(j.Gateway, j.Setting)
	return j.judge(r)
}

// world says what the world of the job is like, and where to note the CPU time that it took.
func (o Options) world(j Job, spent *time.Duration) world.Options {
	return world.Options{Mode: o.Mode, Args: o.Args, Writable: j.Gateway.Folders(), Spent: spent}
}

// judge concludes from the record of the job.
func (j Job) judge(r record.Record) verdict.Verdict {
	return judge.Conclude(r, j.policy(), j.Gateway)
}

// runRemote runs the job on a gateway that runs already. No link of it is broken any more when that returns, however
// it ends.
func runRemote(ctx context.Context, j Job, gw *remote.Gateway) record.Record {
	e, err := catalog.FindFor(j.Gateway, j.Experiment)
	if err != nil {
		return noVerdict(j, err)
	}
	return engine.RunIn(ctx, world.Outside(), j.setup(), gw.Open, e.Under(j.policy()))
}

// noVerdict is the record of an experiment whose world gave no answer.
func noVerdict(j Job, err error) record.Record {
	r := record.Record{ID: j.Experiment}
	if e, err := catalog.FindFor(j.Gateway, j.Experiment); err == nil {
		r = e.Record()
	}
	r.Gateway, r.Setting, r.Stopped, r.RecoveryMS = j.Gateway.Name, j.Setting, err.Error(), -1
	r.Observations, r.Log = []record.Observation{}, []string{}
	if strain.Lacks(err) {
		r.Lacks = err.Error()
	}
	return r
}

// Replay returns the command that runs the job again.
func Replay(j Job, m world.Mode) string {
	s := fmt.Sprintf("gatequake run --gateway %s --setting %s --only %s", j.Gateway.Name, j.Setting, j.Experiment)
	if len(j.Remedies) > 0 {
		s += " --remedies"
	}
	if m == world.Portable {
		s += " --portable"
	}
	return s
}
