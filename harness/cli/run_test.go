package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gatequake/gatequake/harness/report"
)

func TestRunThatHolds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	out, err := exec.Command(
		binary(t),
		"run",
		"--only",
		"wrong-port",
		"--gateway",
		"builtin",
		"--report",
		dir,
	).CombinedOutput()
	if err != nil {
		t.Fatalf("got %v, want status 0: %s", err, out)
	}
	for _, want := range []string{"wrong-port   502   502 ✓", "2 experiments in", "2 pass · 0 fail", "Report: " + dir} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got %s, want %q in it", out, want)
		}
	}
	doc, err := os.ReadFile(filepath.Join(dir, report.ResultsFile))
	if err != nil {
		t.Fatal(err)
	}
	valid(t, doc)
	if _, err := os.Stat(filepath.Join(dir, "junit.xml")); err != nil {
		t.Error(err)
	}
}

func TestRunAsJSON(t *testing.T) {
	t.Parallel()
	o := gatequake(
		"run",
		"--only",
		"wrong-port,ip-deny",
		"--gateway",
		"builtin",
		"--setting",
		"document",
		"--json",
		"--report",
		t.TempDir(),
	)
	o.is(t, statusHolds)
	valid(t, []byte(o.out))
	var got struct {
		Experiments []struct {
			ID     string
			Status int `json:"observed_status"`
		}
	}
	if err := json.Unmarshal([]byte(o.out), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Experiments) != 5 || got.Experiments[0].ID != "wrong-port" || got.Experiments[0].Status != 502 ||
		got.Experiments[1].Status != 403 {
		t.Errorf("got %+v, want wrong-port with 502, then the four of ip-deny with 403", got.Experiments)
	}
}

// valid fails the test unless doc is what the schema says.
func valid(t *testing.T, doc []byte) {
	t.Helper()
	c := jsonschema.NewCompiler()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.ResultsSchema))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	if err := c.MustCompile("schema.json").Validate(value); err != nil {
		t.Error(err)
	}
}

func TestRunWithNothingToRun(t *testing.T) {
	gatequake("run", "--only", "firewall-reject-rst", "--gateway", "builtin", "--portable", "--report", t.TempDir()).
		is(t, statusUnclear, "nothing ran: all 2 experiments are unsupported here", "2 unsupported")
}

func TestNamedGatewayThatIsNotInstalled(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	gatequake(
		"run",
		"--gateway",
		"nginx",
		"--report",
		t.TempDir(),
	).is(
		t,
		statusUnclear,
		"nothing ran: nginx: not installed",
		"to get it: ",
	)
	o := gatequake("run", "--only", "refused", "--report", t.TempDir())
	o.is(t, statusHolds, "Not installed: nginx (to get it: ")
	t.Setenv("GATEQUAKE_REQUIRE", "builtin,nginx")
	gatequake(
		"run",
		"--only",
		"refused",
		"--report",
		t.TempDir(),
	).is(
		t,
		statusUnclear,
		"nothing ran: nginx: not installed",
		"to get it: ",
	)
	t.Setenv("GATEQUAKE_REQUIRE", "ngnix")
	gatequake(
		"run",
		"--only",
		"refused",
		"--report",
		t.TempDir(),
	).is(
		t,
		statusUsage,
		"GATEQUAKE_REQUIRE",
		`no gateway "ngnix"`,
	)
	gatequake("list", "gateways").is(t, statusHolds, "not installed")
	gatequake("doctor").is(t, statusHolds, "not installed; to get it")
}

func TestGatewayThatDoesNotStart(t *testing.T) {
	o := gatequake(
		"run",
		"--gateways",
		"testdata/gateways",
		"--gateway",
		"quits",
		"--cause",
		"bug",
		"--report",
		t.TempDir(),
	)
	o.is(
		t,
		statusUnclear,
		"experiments: wait for steady state: the gateway ended (exit status 3)",
		"unknown directive proxi_pass",
		"--gateways testdata/gateways",
	)
	if n := strings.Count(o.out, "proxi_pass"); n != 1 {
		t.Errorf("got its last words %d times, want once: %s", n, o.out)
	}
}

func TestGatewayThatNeverListens(t *testing.T) {
	t.Parallel()
	gatequake(
		"run",
		"--gateways",
		"testdata/gateways",
		"--gateway",
		"sleeps",
		"--only",
		"refused",
		"--report",
		t.TempDir(),
	).
		is(
			t,
			statusUnclear,
			"got no answer: refused, want 200 by upstream",
			"starting up, please wait",
		)
}

func TestGatewayThatDies(t *testing.T) {
	t.Parallel()
	gatequake(
		"run",
		"--gateways",
		"testdata/gateways",
		"--gateway",
		"mortal",
		"--only",
		"reset-on-accept",
		"--report",
		t.TempDir(),
	).
		is(
			t,
			statusFails,
			"out of cheese",
			"1 fail",
			"gatequake run --gateway mortal --setting document --only reset-on-accept --gateways testdata/gateways",
		)
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gatequake("run", "--gateway", "builtin", "--only", "refused", "--report", dir).is(t, statusHolds)
	gatequake("report", dir+"/results.json", "--format", "matrix").
		is(t, statusHolds, "# What gateways answer", "| `refused` | 502 | 502 ✓ |")
	gatequake("report", "--format", "cells", dir+"/results.json").
		is(t, statusHolds, `{"id":"refused","cause":"network",`, `"gateway":"builtin"`)
	gatequake("report", dir+"/nothing.json").
		is(
			t,
			statusUsage,
			"report: "+dir+"/nothing.json: no such file or directory; want a results.json that run wrote",
		)
	gatequake("report", dir+"/junit.xml").is(t, statusUsage, "junit.xml: read results: invalid character")
}
