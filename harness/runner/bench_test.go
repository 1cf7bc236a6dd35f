package runner

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway/builtin"
	"github.com/gatequake/gatequake/harness/self"
)

// BenchmarkExperiment is the cost of a whole experiment whose fault needs no waiting: world, bench, gateway, steady state, fault, probes, recovery.
func BenchmarkExperiment(b *testing.B) {
	j := job(b, "refused")
	for b.Loop() {
		if v := One(b.Context(), j, Options{}); v.Result != harness.Pass {
			b.Fatal(v.Reason)
		}
	}
}

// BenchmarkGatewayByHand is what BenchmarkExperiment is measured against: the same gateway started by hand, asked until it answers, and stopped.
func BenchmarkGatewayByHand(b *testing.B) {
	at := netip.MustParseAddrPort("127.0.0.1:9876")
	file := filepath.Join(b.TempDir(), "gateway.json")
	if err := os.WriteFile(file, fmt.Appendf(nil, `{"listen": %q}`, at), 0o644); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		gateway := self.Command(b.Context(), builtin.Role, file)
		if err := gateway.Start(); err != nil {
			b.Fatal(err)
		}
		deadline := time.Now().Add(5 * time.Second)
		for client.Once(b.Context(), at, netip.Addr{}, client.Request{Method: "GET", Target: "/", Host: "gateway"}).Status == 0 {
			if time.Now().After(deadline) {
				b.Fatal("the gateway does not answer")
			}
		}
		_ = gateway.Process.Signal(syscall.SIGTERM)
		_ = gateway.Wait()
	}
}

// BenchmarkWorkers is the number of experiments a second by the number of worlds at a time, over a fault that needs no waiting.
func BenchmarkWorkers(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			jobs := make([]Job, b.N)
			for i := range jobs {
				jobs[i] = job(b, "refused")
			}
			b.ResetTimer()
			for v := range Run(b.Context(), jobs, Options{Workers: n}) {
				if v.Result != harness.Pass {
					b.Fatal(v.Reason)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "experiments/s")
		})
	}
}

// BenchmarkCatalogue is the whole catalogue on the built-in gateway with eight worlds at a time, beside its two lower bounds: the faults' own waits dealt out
// to the workers, and the processor time of everything that ran dealt out to the processors.
func BenchmarkCatalogue(b *testing.B) {
	const workers = 8
	for b.Loop() {
		jobs := []Job{}
		for _, e := range harness.Experiments() {
			jobs = append(jobs, job(b, e.ID))
		}
		waits, before := 0.0, childTime(b)
		for v := range Run(context.Background(), jobs, Options{Workers: workers}) {
			if v.Result != harness.Pass && v.Result != harness.Unsupported {
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
