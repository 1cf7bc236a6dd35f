package runner

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
)

// BenchmarkSurvey measures surveys of two gateways. What counts is beyond-start: how long a survey takes besides the
// gateway's own start.
func BenchmarkSurvey(b *testing.B) {
	for _, c := range []struct {
		folder  string
		command []string
	}{
		{"nginx-microservices", []string{"nginx", "-p", ".", "-c", "nginx.conf", "-g", "daemon off;"}},
		{"envoy-tls", []string{"envoy", "-c", "envoy.yaml", "-l", "warn", "--use-dynamic-base-id"}},
	} {
		b.Run(c.command[0], func(b *testing.B) {
			if _, err := exec.LookPath(c.command[0]); err != nil {
				b.Skipf("unsupported: %v; to get it: ci/gateways %s", err, c.command[0])
			}
			dir, err := filepath.Abs(filepath.Join("..", "survey", "testdata", c.folder))
			if err != nil {
				b.Fatal(err)
			}
			beyond := 0.0
			for b.Loop() {
				found, err := Survey(
					b.Context(),
					gateway.Own{Name: c.command[0], Command: c.command, Dir: dir, Patience: gatewayfile.Patience},
					Options{},
				)
				if err != nil {
					b.Fatal(err)
				}
				beyond += found.TookMS - found.StartMS
			}
			b.ReportMetric(beyond/float64(b.N), "ms-beyond-start/op")
		})
	}
}
