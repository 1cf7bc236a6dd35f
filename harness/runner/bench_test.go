package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/sites"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

// BenchmarkExperiment is the cost of a whole experiment whose fault needs no waiting (world, bench, gateway, steady
// state, fault, probes, recovery, end) beside that of stopping and starting the same gateway by hand, up to its first
// answer.
func BenchmarkExperiment(b *testing.B) {
	all, err := gateway.All(fixtures.Gateways())
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range all {
		version, err := d.Find(b.Context())
		if err != nil {
			b.Logf("not measured: %v", err)
			continue
		}
		b.Run(d.Name, func(b *testing.B) {
			experiment(b, Job{Experiment: "refused", Gateway: d, Version: version, Setting: "document"})
		})
	}
}

func experiment(b *testing.B, j Job) {
	var hand, whole time.Duration
	n := 0
	for ; b.Loop(); n++ {
		var took time.Duration
		if err := world.Run(
			b.Context(),
			world.Options{Mode: world.Portable},
			byHand{Do: "by-hand", Job: j},
			&took,
		); err != nil {
			b.Fatal(err)
		}
		hand += took
		begin := time.Now()
		if v := RunOne(b.Context(), j, Options{}); v.Result != verdict.Pass && !v.Known() {
			b.Fatal(v.Reason)
		}
		whole += time.Since(begin)
	}
	b.ReportMetric(hand.Seconds()*1000/float64(n), "ms-by-hand")
	b.ReportMetric(whole.Seconds()*1000/float64(n), "ms-experiment")
	b.ReportMetric(whole.Seconds()/hand.Seconds(), "experiment/by-hand")
}

// byHand asks a portable world, which changes nothing for a gateway, to stop and start a gateway.
type byHand struct {
	Do  string
	Job Job
}

func init() {
	tasks["by-hand"] = func(ctx context.Context, w *world.World, request json.RawMessage) (any, error) {
		var r byHand
		if err := json.Unmarshal(request, &r); err != nil {
			return nil, err
		}
		b, err := sites.New(w, site.Setup{Definition: r.Job.Gateway, Setting: r.Job.Setting})
		if err != nil {
			return nil, err
		}
		defer b.Close()
		if err := b.Steady(ctx, site.RouteBystander); err != nil {
			return nil, err
		}
		begin := time.Now()
		_, err = b.Reconfigure(ctx, func(*gateway.Vars) {})
		return time.Since(begin), err
	}
}

// BenchmarkWorkers is the number of experiments a second by the number of worlds at a time, over a fault that needs
// no waiting.
func BenchmarkWorkers(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			jobs := make([]Job, b.N)
			for i := range jobs {
				jobs[i] = job(b, "refused")
			}
			b.ResetTimer()
			for v := range Run(b.Context(), jobs, Options{Workers: n}) {
				if v.Result != verdict.Pass {
					b.Fatal(v.Reason)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "experiments/s")
		})
	}
}

// BenchmarkCatalogue is the whole catalogue on the built-in gateway with eight worlds at a time, beside its two lower
// bounds: the faults' own waits dealt out to the workers, and the processor time of everything that ran dealt out to
// the processors.
func BenchmarkCatalogue(b *testing.B) {
	const workers = 8
	for b.Loop() {
		jobs := []Job{}
		for _, e := range catalog.Experiments() {
			jobs = append(jobs, job(b, e.ID))
		}
		waits, before := 0.0, childTime(b)
		for v := range Run(context.Background(), jobs, Options{Workers: workers}) {
			if v.Result != verdict.Pass && v.Result != verdict.Unsupported {
				b.Errorf("%s: %s", v.ID, v.Reason)
			}
			waits += v.FaultMS
		}
		b.ReportMetric(waits/1000/workers, "s-waiting/8")
		b.ReportMetric((childTime(b)-before).Seconds()/float64(runtime.NumCPU()), "s-processor/cpus")
	}
}

// childTime is the processor time that every child process which has ended has taken, with the children of its own.
func childTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
