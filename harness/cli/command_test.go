package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/policy"
)

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
		// Of a state of the gateway, or over another protocol, it says what is tried there, and what is right there.
		line := strings.Join(strings.Fields(said.String()), " ")
		expected := "expected " + policy.Document().Expect(e.Record()).String()
		if !strings.Contains(line, e.Title()) || !strings.Contains(line, expected) {
			t.Errorf("%s: got %s, want %q and %q in it", e.ID, said.String(), e.Title(), expected)
		}
	}
}

func TestListAsJSON(t *testing.T) {
	t.Parallel()
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

func TestBlockStandsForItsOtherStates(t *testing.T) {
	t.Parallel()
	for only, want := range map[string]int{
		"ip-deny": 4, "ip-deny+refused": 1, "wrong-port": 1, "wrong-port,ip-deny,ip-deny+refused": 5,
	} {
		picked, err := experiments(strings.Split(only, ","), nil)
		if err != nil || len(picked) != want {
			t.Errorf("%s: got %d experiments (%v), want %d", only, len(picked), err, want)
		}
	}
}
