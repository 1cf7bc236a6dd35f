package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestRemedies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := gatequake(
		"run",
		"--only",
		"wrong-port,user-agent-deny",
		"--remedies=refresh,other-browser",
		"--gateway",
		"builtin",
		"--setting",
		"document",
		"--report",
		dir,
	)
	if o.status != statusHolds {
		t.Fatalf("got status %d, want 0: %s", o.status, o.err)
	}
	for _, want := range []string{
		"wrong-port       502 by gateway  no       no", "user-agent-deny  403 by gateway  no       helps", "2 experiments in",
		"other-browser, helps (1): served, with nothing repaired: user-agent-deny",
	} {
		if !strings.Contains(o.out, want) {
			t.Errorf("got %s, want %q in it", o.out, want)
		}
	}
	replay := "gatequake run --gateway builtin --setting document --only wrong-port --remedies"
	if doc, err := os.ReadFile(
		dir + "/results.json",
	); err != nil ||
		!bytes.Contains(doc, []byte(`"replay": "`+replay+`"`)) {
		t.Errorf("got no %q in the results (%v)", replay, err)
	}
	again := gatequake("replay", dir+"/results.json#wrong-port")
	if again.status != statusHolds ||
		!strings.Contains(again.out, "again pass: refresh: does not help; other-browser: does not help") {
		t.Errorf(
			"replay: got status %d, %s%s, want the same remedies tried again",
			again.status,
			again.out,
			again.err,
		)
	}
	if md := gatequake(
		"report",
		dir+"/results.json",
		"--format",
		"matrix",
	); !strings.Contains(
		md.out,
		"| other-browser | blocks | helps 1, no 0, n/a 0 |",
	) {
		t.Errorf("matrix: got %s, want what helps", md.out)
	}
}

func TestRemediesStandAlone(t *testing.T) {
	gatequake("run", "--remedies", "--policy", "rfc9209").is(t, statusUsage, "got --policy with --remedies")
	gatequake("run", "--remedies", "--", "nginx").is(t, statusUsage, "got --remedies with a gateway of your own")
}
