package spec_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/onsi/ginkgo/v2/types"
)

// fixture is the compiled suite of testdata/misbehaving.
var fixture string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "spec-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fixture = filepath.Join(dir, "misbehaving.test")
	status := 1
	if out, err := exec.Command(
		"go",
		"test",
		"-c",
		"-o",
		fixture,
		"./testdata/misbehaving",
	).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "compile fixture: %v: %s", err, out)
	} else {
		status = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// outcome is what came of a run of a suite.
type outcome struct {
	// ran are the reports of the specs that were not filtered out.
	ran    types.SpecReports
	output string
	err    error
}

// only runs the specs of the fixture whose text matches focus.
func only(t *testing.T, focus string, environment ...string) outcome {
	t.Helper()
	return run(t, exec.CommandContext(t.Context(), fixture, "-ginkgo.focus="+focus), environment...)
}

func run(t *testing.T, cmd *exec.Cmd, environment ...string) (o outcome) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	cmd.Args = append(cmd.Args, "-ginkgo.no-color", "-ginkgo.json-report="+file)
	cmd.Env = append(os.Environ(), environment...)
	out := &bytes.Buffer{}
	if cmd.Stdout == nil {
		cmd.Stdout = io.Discard
	}
	cmd.Stdout = io.MultiWriter(out, cmd.Stdout)
	o.err = cmd.Run()
	o.output = out.String()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("run %v: %v: %s", cmd.Args, o.err, o.output)
	}
	reports := []types.Report{}
	if err := json.Unmarshal(text, &reports); err != nil {
		t.Fatalf("read report of %v: %v", cmd.Args, err)
	}
	for _, r := range reports[0].SpecReports.WithLeafNodeType(types.NodeTypeIt) {
		if r.NumAttempts > 0 || r.State == types.SpecStatePassed { // The latter in a dry run.
			o.ran = append(o.ran, r)
		}
	}
	return o
}

// one returns the report of the only spec that ran.
func (o outcome) one(t *testing.T) types.SpecReport {
	t.Helper()
	if len(o.ran) != 1 {
		t.Fatalf("got %d specs that ran, want 1: %s", len(o.ran), o.output)
	}
	return o.ran[0]
}
