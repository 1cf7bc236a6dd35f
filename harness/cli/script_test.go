package cli

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatequake/gatequake/harness/browsertest"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/world"
)

// TestScripts runs testdata/script: what is typed, what is printed, and the exit status. Besides what every such script
// may say (go doc github.com/rogpeppe/go-internal/testscript), there are the commands below, and the conditions
//
//	[root]          the tests run as root
//	[worlds]        this user can have worlds with namespaces
//	[gateway:NAME]  the gateway is installed; one that is not fails the test if GATEQUAKE_REQUIRE_TOOLS is set
//
// In a script's folder are copies of testdata/own, testdata/toxiproxy and testdata/gateways; $CELLS are the committed
// results. On the PATH is nothing but gatequake: no gateway has to be asked for its version. $TOOLS is the tests' PATH.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", Setup: folders, Condition: condition, RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "mistake": mistake, "results": copied, "edit": edit, "serve": serve, "valid": valid(t),
		},
	})
}

func folders(e *testscript.Env) error {
	command, err := exec.LookPath("gatequake")
	cells, missing := filepath.Abs("../../fixtures/gateways/RESULTS.json")
	err = errors.Join(err, missing)
	e.Setenv("TOOLS", e.Getenv("PATH"))
	e.Setenv("PATH", filepath.Dir(command))
	e.Setenv("CELLS", cells)
	for _, dir := range []string{"own", "toxiproxy", "gateways"} {
		err = errors.Join(err, os.CopyFS(filepath.Join(e.WorkDir, dir), os.DirFS(filepath.Join("testdata", dir))))
	}
	return err
}

func condition(name string) (bool, error) {
	gateway, ok := strings.CutPrefix(name, "gateway:")
	switch {
	case name == "root":
		return os.Geteuid() == 0, nil
	case name == "worlds":
		mode, err := world.Detect()
		return err == nil && mode != world.Portable, nil
	case !ok:
		return false, fmt.Errorf("got the condition %q, want root, worlds or gateway:NAME", name)
	}
	_, err := exec.LookPath(gateway)
	if err != nil && os.Getenv(browsertest.RequireEnv) != "" {
		return false, fmt.Errorf("%s is set: %w", browsertest.RequireEnv, err)
	}
	return err == nil, nil
}

// exits STATUS PROGRAM ARG... runs the program, which must end with the status.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("got status %d, want %d", got, want)
	}
}

// mistake ARG... runs gatequake, which must say in one line what is wrong with the arguments, and nothing else.
func mistake(ts *testscript.TestScript, _ bool, args []string) {
	exits(ts, false, append([]string{strconv.Itoa(statusUsage), "gatequake"}, args...))
	out, said := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	if out != "" || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "gatequake: ") {
		ts.Fatalf("got output %q and error %q, want one line of error", out, said)
	}
}

// results DIR ARG... makes DIR a copy of the report of gatequake run --gateway builtin ARG... --report DIR, which is
// run once for all scripts.
func copied(ts *testscript.TestScript, _ bool, args []string) {
	dir, err := shared(args[1:]...)
	ts.Check(err)
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(dir)))
}

// edit FILE NEW OLD TEXT makes the file NEW what FILE is, but that every OLD in it, of which there must be some, is
// TEXT instead.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	file, was, is := ts.ReadFile(args[0]), args[2], args[3]
	if !strings.Contains(file, was) {
		ts.Fatalf("got no %q in %s, want some to change", was, args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(file, was, is)), 0o644))
}

// serve NAME STATUS PAGE makes $NAME the address of a server that answers everything with the status and the page.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	status, err := strconv.Atoi(args[1])
	ts.Check(err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, args[2])
	}))
	ts.Defer(s.Close)
	ts.Setenv(args[0], s.URL)
}

// valid FILE... fails unless each file is what the schema of results.json says.
func valid(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, files []string) {
		for _, file := range files {
			reporttest.Valid(t, []byte(ts.ReadFile(file)))
		}
	}
}

// TestTheCommandIsWhatIsTested holds that the command imports what the tests import to play it.
func TestTheCommandIsWhatIsTested(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../cmd/gatequake/main.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, i := range file.Imports {
		got += strings.ReplaceAll(i.Path.Value, "github.com/gatequake/gatequake/harness/", "") + " "
	}
	if want := `"os" "cli" "interrupt/early" "runner" `; got != want {
		t.Errorf("got the imports %s, want %s, as in TestMain", got, want)
	}
}
