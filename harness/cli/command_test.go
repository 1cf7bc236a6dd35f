package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
)

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{}, {"help"}, {"--help"}} {
		gatequake(args...).is(t, statusHolds, "a 502 for every broken upstream", "Exit status: 0 all hold")
	}
	gatequake("help", "run").is(t, statusHolds, "--workers")
	gatequake("--version").is(t, statusHolds, "gatequake version")
}

func TestListAndExplainKnowEverything(t *testing.T) {
	t.Parallel()
	list := gatequake("list")
	list.is(t, statusHolds, "GATEWAY", "builtin")
	gatequake("explain", "refused").is(t, statusHolds, "confirmed", "own dial gets ECONNREFUSED")
	all, err := candidates("")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range catalog.Experiments() {
		if !strings.Contains(list.out, e.Base()) {
			t.Errorf("list: %s is not in it", e.Base())
		}
		want := []string{e.ID, "expected", "RFC 9209"}
		switch {
		case e.Block == nil:
			want = []string{"confirmed", string(e.Cause())}
		case e.Block.Control != nil:
			want = []string{e.ID, "expected"} // No error type is about what is no 403.
		}
		var said bytes.Buffer
		if err := explanation(&said, e, all); err != nil {
			t.Fatal(err)
		}
		outcome{out: said.String()}.is(t, statusHolds, want...)
	}
}

func TestListAsJSON(t *testing.T) {
	var got struct{ Faults, Blocks, Gateways []map[string]any }
	o := gatequake("list", "--json")
	if err := json.Unmarshal([]byte(o.out), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Faults) != len(catalog.Faults()) || len(got.Blocks) != len(catalog.Blocks()) ||
		len(got.Gateways) == 0 {
		t.Errorf(
			"got %d faults, %d blocks, %d gateways, want all",
			len(got.Faults),
			len(got.Blocks),
			len(got.Gateways),
		)
	}
}

func TestDoctor(t *testing.T) {
	gatequake(
		"doctor",
	).is(
		t,
		statusHolds,
		"portable   yes",
		"must not touch the machine's own firewall",
		"builtin",
		"This machine can run experiments",
	)
}

func TestCompletion(t *testing.T) {
	for args, want := range map[string]string{
		"run --gateway bui":            "builtin",
		"run --gateway builtin,al":     "builtin,all",
		"run --setting sto":            "stock",
		"run --cause ov":               "overload",
		"run --only refused,ip-deny+":  "refused,ip-deny+refused",
		"explain refu":                 "refused",
		"shell --gateway bui":          "builtin",
		"list fa":                      "faults",
		"report --format mark":         "markdown",
		"run --remedies=refresh,other": "refresh,other-browser",
	} {
		gatequake(append([]string{"__complete"}, strings.Split(args, " ")...)...).is(t, statusHolds, want+"\n")
	}
	gatequake("completion", "bash").is(t, statusHolds, "bash completion")
}

func TestBlockStandsForItsOtherStates(t *testing.T) {
	for only, want := range map[string]int{
		"ip-deny": 4, "ip-deny+refused": 1, "wrong-port": 1, "wrong-port,ip-deny,ip-deny+refused": 5,
	} {
		picked, err := experiments(strings.Split(only, ","), nil)
		if err != nil || len(picked) != want {
			t.Errorf("%s: got %d experiments (%v), want %d", only, len(picked), err, want)
		}
	}
}
