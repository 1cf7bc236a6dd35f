package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
)

// disk runs the shell's command with a file system of its own mounted over $DIR, in namespaces that end with it.
// $GATEQUAKE is the built command.
func disk(t *testing.T, options, command string) outcome {
	t.Helper()
	namespaces, mode := []string{"--mount"}, ""
	if os.Geteuid() != 0 {
		// Only the one user is in there, so that no gateway could be another's, as one of root's in a world is.
		namespaces, mode = append(namespaces, "--map-root-user"), "--portable"
	}
	cmd := exec.Command(
		"unshare",
		append(namespaces, "sh", "-c", `mount -t tmpfs -o `+options+` tmpfs "$DIR" || exit 99; `+command)...)
	cmd.Env = append(os.Environ(), "DIR="+t.TempDir(), "GATEQUAKE="+binary(t), "MODE="+mode)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	var exit *exec.ExitError
	if (err != nil && !errors.As(err, &exit)) || cmd.ProcessState.ExitCode() == 99 ||
		strings.Contains(complaint.String(), "unshare: ") {
		t.Skipf("unsupported: mounts of one's own: %v: %s", err, complaint.String())
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), complaint.String()}
}

const few = ` run --gateway builtin --setting document --only slow-answer,refused@cold,wrong-port $MODE --workers 4 --report "$DIR"`

func TestADiskWithoutRoomIsSaidBefore(t *testing.T) {
	t.Parallel()
	o := disk(t, "size=512k", `"$GATEQUAKE"`+few+`; status=$?; ls -A "$DIR"; exit $status`)
	o.is(
		t,
		statusUsage,
		"--report: hold 1 MiB for the report: no space left on device; make room, or choose another folder",
	)
	if o.out != "" || strings.Count(o.err, "\n") != 1 {
		t.Errorf("got %q and %q, want one line and nothing left", o.out, o.err)
	}
	disk(
		t,
		"ro",
		`exec "$GATEQUAKE"`+few,
	).is(
		t,
		statusUsage,
		"--report: write to report folder: ",
		"read-only file system; choose another folder",
	)
}

func TestTwoRunsInOneFolder(t *testing.T) {
	t.Parallel()
	_, _, out := started(t, "--cause", "block")
	gatequake("run", "--gateway", "builtin", "--only", "refused", "--report", out).
		is(
			t,
			statusUsage,
			report.PartialFile+": another run is writing to it; wait for its end, or choose another folder",
		)
}

// TestADiskThatFillsUp fills it while the run goes on: what the run holds is enough for the report.
func TestADiskThatFillsUp(t *testing.T) {
	t.Parallel()
	o := disk(t, "size=4m", `"$GATEQUAKE"`+few+` --json >/dev/null & run=$!
		until [ -s "$DIR/`+report.PartialFile+`" ]; do sleep 0.01; done
		dd if=/dev/zero of="$DIR/fill" bs=4k 2>/dev/null && exit 98
		wait $run || exit
		cat "$DIR/results.json"`)
	o.is(t, statusHolds)
	reporttest.Valid(t, []byte(o.out))
	var got struct {
		Planned     int
		Interrupted bool
		Experiments []any
	}
	if err := json.Unmarshal(
		[]byte(o.out),
		&got,
	); err != nil || got.Interrupted ||
		len(got.Experiments) != got.Planned {
		t.Errorf(
			"got %d of %d experiments, interrupted %t (%v), want all",
			len(got.Experiments),
			got.Planned,
			got.Interrupted,
			err,
		)
	}
}

func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"--portable=false", "--portable"} {
		cmd, temp, out := started(t, mode, "--cause", "block") // Those are many, and quick.
		partial := filepath.Join(out, report.PartialFile)
		lines := func() int {
			doc, _ := os.ReadFile(partial)
			return bytes.Count(doc, []byte("\n"))
		}
		awaited(t, "verdicts", func() bool { return lines() > 3 })
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		nothingLeft(t, cmd.Path, temp)
		other, n := t.TempDir(), lines()-1
		gatequake(
			"report",
			partial,
			"--report",
			other,
		).is(
			t,
			statusInterrupted,
			fmt.Sprintf("Interrupted after %d of ", n),
			fmt.Sprintf("%d experiments in", n),
		)
		doc, err := os.ReadFile(filepath.Join(other, report.ResultsFile))
		if err != nil {
			t.Fatal(err)
		}
		reporttest.Valid(t, doc)
		if files, err := os.ReadDir(out); err != nil || len(files) != 1 {
			t.Errorf(
				"%s: got %v (%v) in the report folder, want nothing half-written but what was streamed",
				mode,
				files,
				err,
			)
		}
	}
}
