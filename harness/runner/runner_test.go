package runner

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/gateway"
	_ "github.com/gatequake/gatequake/harness/gateway/builtin" // plays the role of the built-in gateway
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

func TestMain(m *testing.M) {
	Serve()
	os.Exit(m.Run())
}

func job(t testing.TB, experiment string) Job {
	t.Helper()
	d, err := gateway.Load(fixtures.Gateways(), "builtin")
	if err != nil {
		t.Fatal(err)
	}
	version, err := d.Find(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return Job{Experiment: experiment, Gateway: d, Version: version, Setting: "document"}
}

func TestOneFillsTheRecord(t *testing.T) {
	t.Parallel()
	v := RunOne(t.Context(), job(t, "refused"), Options{})
	if v.Result != verdict.Pass || v.Observed != "502 by gateway" || v.Expected != "502 by gateway" ||
		v.ErrorType != proxystatus.ConnectionRefused {
		t.Fatalf("got %s: %s (%s), want a pass; log: %q", v.Result, v.Observed, v.Reason, v.Log)
	}
	if v.RecoveryMS < 0 || v.TookMS <= 0 || v.FaultMS <= 0 || v.Evidence == "" || v.Version == "" || len(v.Log) == 0 {
		t.Errorf("got %+v, want recovery, times, evidence, version and log", v)
	}
	if want := "gatequake run --gateway builtin --setting document --only refused"; v.Replay != want {
		t.Errorf("got %q, want %q", v.Replay, want)
	}
	for _, o := range v.Observations {
		bystander := strings.HasSuffix(o.Probe, "/bystander/")
		if bystander != (o.Hits == 1) || o.Took <= 0 {
			t.Errorf(
				"%s: got %d hits in %f ms, want one at the bystander, none at the refused upstream",
				o.Probe,
				o.Hits,
				o.Took,
			)
		}
	}
}

func TestBlockAsksNobody(t *testing.T) {
	t.Parallel()
	v := RunOne(t.Context(), job(t, "user-agent-deny"), Options{})
	if v.Result != verdict.Pass || v.Observed != "403 by gateway" {
		t.Fatalf("got %s: %s (%s), want a pass", v.Result, v.Observed, v.Reason)
	}
}

func TestPortableSaysWhatItCannot(t *testing.T) {
	t.Parallel()
	v := RunOne(t.Context(), job(t, "firewall-drop"), Options{Mode: world.Portable})
	if v.Result != verdict.Unsupported || !strings.Contains(v.Reason, "firewall") {
		t.Errorf("got %s (%s), want unsupported, and why", v.Result, v.Reason)
	}
	if v := RunOne(t.Context(), job(t, "refused"), Options{Mode: world.Portable}); v.Result != verdict.Pass {
		t.Errorf("got %s (%s), want a pass in portable mode too", v.Result, v.Reason)
	}
}

func TestGatewayThatEndsAtOnce(t *testing.T) {
	t.Parallel()
	j := job(t, "refused")
	j.Gateway.Command = []string{"sh", "-c", "echo no such luck; exit 3"}
	v := RunOne(t.Context(), j, Options{})
	if v.Result != verdict.Inconclusive || !strings.Contains(v.Reason, "exit status 3") ||
		!strings.Contains(v.Reason, "no such luck") {
		t.Errorf("got %s (%s), want inconclusive with its status and last words", v.Result, v.Reason)
	}
}

func TestRestOfAColumnThatDoesNotServeIsNotTried(t *testing.T) {
	t.Parallel()
	dead := job(t, "refused")
	dead.Gateway.Command = []string{"sh", "-c", "exit 3"}
	jobs := []Job{dead, dead, job(t, "garbage")}
	jobs[1].Experiment, jobs[2].Setting = "empty-reply", "stock"
	for v := range Run(t.Context(), jobs, Options{Workers: 1}) {
		switch {
		case v.Setting == "stock" && v.Result != verdict.Pass:
			t.Errorf("stock: got %s (%s), want a pass: it is another column", v.Result, v.Reason)
		case v.ID == "empty-reply" &&
			(v.Result != verdict.Inconclusive || !strings.HasPrefix(v.Reason, "not tried after refused: ") || v.Replay == ""):
			t.Errorf("empty-reply: got %s (%s), want inconclusive, for the reason of the first", v.Result, v.Reason)
		}
	}
}

func TestUnknownExperiment(t *testing.T) {
	t.Parallel()
	v := RunOne(t.Context(), job(t, "refsued"), Options{})
	if v.Result != verdict.Inconclusive || !strings.Contains(v.Reason, `no experiment "refsued"; there are: `) {
		t.Errorf("got %s (%s), want inconclusive with the known IDs", v.Result, v.Reason)
	}
}

func TestRunDoesEveryJobOnce(t *testing.T) {
	t.Parallel()
	jobs := []Job{job(t, "refused"), job(t, "garbage"), job(t, "empty-reply"), job(t, "error-500")}
	got := []string{}
	for v := range Run(t.Context(), jobs, Options{Workers: 3}) {
		got = append(got, v.ID)
	}
	slices.Sort(got)
	if want := []string{"empty-reply", "error-500", "garbage", "refused"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRunRepeats(t *testing.T) {
	t.Parallel()
	n := 0
	for v := range Run(t.Context(), []Job{job(t, "refused"), job(t, "garbage")}, Options{Workers: 3, Repeat: 3}) {
		n++
		if v.Result != verdict.Pass || len(v.Runs) != 3 || v.Observed != "502 by gateway" {
			t.Errorf(
				"%s: got %s with %d runs, %s; want a pass with 3, always the same",
				v.ID,
				v.Result,
				len(v.Runs),
				v.Observed,
			)
		}
	}
	if n != 2 {
		t.Errorf("got %d verdicts, want one for each job", n)
	}
}

// TestRepeatsAreApart holds how far the runs of a job are from each other: far enough to be of another second, and
// near enough for an interrupted run to be left with whole verdicts.
func TestRepeatsAreApart(t *testing.T) {
	t.Parallel()
	jobs, places := []Job{}, map[string][]int{}
	for i := range 3*chunkOfJobs - 1 {
		jobs = append(jobs, Job{Experiment: fmt.Sprint(i)})
	}
	for i, j := range slices.Collect(scheduled(jobs, 3)) {
		places[j.Experiment] = append(places[j.Experiment], i)
	}
	for i, j := range jobs {
		want, distance := i/chunkOfJobs*chunkOfJobs*3+i%chunkOfJobs, min(chunkOfJobs, len(jobs)-i/chunkOfJobs*chunkOfJobs)
		if got := places[j.Experiment]; !slices.Equal(got, []int{want, want + distance, want + 2*distance}) {
			t.Fatalf(
				"job %d: got runs at %v, want the first at %d, and each %d after the one before",
				i,
				got,
				want,
				distance,
			)
		}
	}
	if got := slices.Collect(scheduled(jobs[:2], 1)); len(got) != 2 || got[0].Experiment != "0" {
		t.Errorf("once: got %v, want the jobs as they are", got)
	}
	for j := range scheduled(jobs, math.MaxInt) { // More than any memory holds.
		if j.Experiment != "0" {
			t.Errorf("got %s first, want 0", j.Experiment)
		}
		break
	}
}

func TestRunLeavesNothing(t *testing.T) {
	before := gleak.Goroutines()
	for range Run(t.Context(), []Job{job(t, "refused"), job(t, "crash-on-request")}, Options{Workers: 2}) {
		continue
	}
	NewWithT(t).Eventually(gleak.Goroutines).WithTimeout(10 * time.Second).ShouldNot(gleak.HaveLeaked(before))
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
		t.Errorf("child processes are left: got %d, %v, want none", pid, err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	begin := time.Now()
	started := 0
	verdicts := Run(
		ctx,
		[]Job{job(t, "slow-answer"), job(t, "refused")},
		Options{Started: func(Job) { started++; cancel() }},
	)
	for v := range verdicts {
		t.Errorf("got a verdict on %s, want none", v.ID)
	}
	// slow-answer alone takes eight seconds.
	if took := time.Since(begin); started != 1 || took > 6*time.Second {
		t.Errorf("got %d jobs started and %s, want 1 and an end at once", started, took)
	}
}
