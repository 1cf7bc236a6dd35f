package cli

import (
	"strings"
	"testing"
)

func TestRemedies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := gatequake("remedies", "--only", "wrong-port,user-agent-deny", "--remedy", "refresh,other-browser", "--gateway", "builtin", "--setting", "document", "--report", dir)
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
	again := gatequake("replay", dir+"/results.json#wrong-port")
	if again.status != statusHolds || !strings.Contains(again.out, "again pass: refresh: does not help; other-browser: does not help") {
		t.Errorf("replay: got status %d, %s%s, want the same remedies tried again", again.status, again.out, again.err)
	}
	if md := gatequake("matrix", dir+"/results.json"); !strings.Contains(md.out, "| other-browser | blocks | helps 1, no 0, n/a 0 |") {
		t.Errorf("matrix: got %s, want what helps", md.out)
	}
}
