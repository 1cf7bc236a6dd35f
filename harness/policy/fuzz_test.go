package policy_test

import (
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/policy"
)

// odd are documents at which readers of YAML have stumbled.
var odd = []string{
	"",
	"# nothing",
	"---",
	"!",
	"!!x",
	"...",
	"~",
	"a",
	"- a",
	"&a {}",
	"*a",
	"name: x\n---\nname: y",
	"%YAML 1.2\n---\nname: x",
	"<<: *x",
	"{a: {a: {a: }}}",
	"? a\n: b",
	"\x00",
}

// FuzzPolicy reads policies: one that is read has an expectation for every fault, of statuses that there are.
func FuzzPolicy(f *testing.F) {
	for _, text := range append(odd, "name: x\ndefault: 502\ncauses: {dns: [502, 503]}\nerrors: {dns_error: "+
		"{status: 502, within: 1s}}\nexperiments: {refused: {recovery: 2s}}\n") {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := policy.Parse("p.yaml", text, catalog.FaultIDs())
		if err != nil {
			if said := err.Error(); !strings.HasPrefix(said, "p.yaml:") || strings.ContainsAny(said, "\n\r") ||
				len(said) > 64<<10 {
				t.Errorf("got %.300q of %d bytes, want one line that begins with the place", said, len(said))
			}
			return
		}
		for _, fault := range catalog.Faults() {
			e := p.Expect(fault.Experiment().Record())
			for _, status := range e.Statuses {
				if status < 100 || status > 599 {
					t.Errorf("%s: got status %d, want 100 to 599", fault.ID, status)
				}
			}
			if e.Within < 0 || e.Recovery < 0 || e.String() == "" {
				t.Errorf("%s: got %+v, want times that are none or more, in words", fault.ID, e)
			}
		}
	})
}
