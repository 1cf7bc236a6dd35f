package gotest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/gotest"
	"github.com/gatequake/gatequake/harness/world"
)

var mine = gotest.Gateway("testdata", "gatequake.yaml")

func TestIn(t *testing.T) {
	gotest.In(t, mine, "root/shop", func(t *testing.T, b *gotest.Bench) {
		mend := b.Inject(faults.Refused)
		if got := b.Get(t.Context()); got.String() != "502 by gateway" {
			t.Errorf("got %s while the shop is down, want 502 by gateway", got)
		}
		if got := b.Get(t.Context(), "/api/orders"); !got.Healthy() {
			t.Errorf("got %s of the API, want 200 by upstream", got)
		}
		mend()
		if got := b.Get(t.Context()); !got.Healthy() {
			t.Errorf("got %s of the shop that is up again, want 200 by upstream", got)
		}
	})
}

func TestInOfSubtests(t *testing.T) {
	for path, want := range map[string]string{
		"/admin": "403 by gateway", "/api/": "502 by gateway", "/": "200 by upstream",
	} {
		t.Run("GET "+path, func(t *testing.T) {
			t.Parallel()
			gotest.In(t, mine, "api/api", func(t *testing.T, b *gotest.Bench) {
				b.Inject(faults.NoRoute)
				if got := b.Get(t.Context(), path); got.String() != want {
					t.Errorf("got %s, want %s", got, want)
				}
			})
		})
	}
}

// misbehave lets TestMisbehaving go wrong, in the way that it names.
const misbehave = "GATEQUAKE_TEST_MISBEHAVE"

func TestMisbehaving(t *testing.T) {
	how := os.Getenv(misbehave)
	switch how {
	case "":
		t.Skip("TestInTells runs it")
	case "outer":
		gotest.In(t, mine, "root/shop", func(*testing.T, *gotest.Bench) {})
	case "no file":
		mine = gotest.Gateway("testdata", "none.yaml")
	}
	setting := "root/shop"
	if how == "no setting" {
		setting = "root/none"
	}
	t.Run("inner", func(t *testing.T) {
		gotest.In(t, mine, setting, func(t *testing.T, b *gotest.Bench) {
			t.Cleanup(func() { t.Log("cleaned up") })
			switch how {
			case "fails":
				t.Fatalf("got %s, want something else", b.Get(t.Context()))
			case "panics":
				panic("out of cheese")
			case "skips":
				t.Skip("not today")
			case "is impossible":
				b.Inject(faults.UnixSocketMissing)
			}
		})
		if how == "outer" {
			t.Error("got here, want In to have ended the test")
		}
	})
}

func TestInTells(t *testing.T) {
	t.Parallel()
	if mode, err := world.Detect(); err != nil || mode == world.Portable {
		t.Skipf("unsupported: no namespaces here (%v)", err)
	}
	for how, want := range map[string][]string{
		"passes": {"--- PASS: TestMisbehaving/inner", "cleaned up"},
		"fails": {
			"--- FAIL: TestMisbehaving/inner", "gotest_test.go:", "got 200 by upstream, want something else",
			"cleaned up",
		},
		"panics": {"--- FAIL: TestMisbehaving/inner", "panic: out of cheese"},
		"skips":  {"--- SKIP: TestMisbehaving/inner", "not today"},
		"is impossible": {
			"--- SKIP: TestMisbehaving/inner",
			"unsupported: inject unix-socket-missing: the upstream is not behind a Unix socket",
		},
		"no file":    {"--- FAIL: TestMisbehaving/inner", "none.yaml: no such file"},
		"no setting": {"--- FAIL: TestMisbehaving/inner", `mine has no "root/none"; there are: [root/shop api/api]`},
		"outer": {
			"--- FAIL: TestMisbehaving/inner",
			"TestMisbehaving calls In, and so does TestMisbehaving/inner inside it",
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMisbehaving$", "-test.v")
			cmd.Env = append(os.Environ(), misbehave+"="+how)
			out, _ := cmd.CombinedOutput() // Its exit status says no more than its output.
			for _, w := range want {
				if !strings.Contains(string(out), w) {
					t.Errorf("got %s, want %q in it", out, w)
				}
			}
		})
	}
}
