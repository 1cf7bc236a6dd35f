package spec_test

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"

	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/verdict"
)

// wrong is the path of a gateway's folder that denies nobody; known the same, with two entries in its list of known
// deviations.
const (
	wrong = "GATEQUAKE_GATEWAY=testdata/gateways/open"
	known = "GATEQUAKE_GATEWAY=testdata/gateways/known"
)

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		name, spec, environment string
		state                   types.SpecState
		want                    string
	}{
		{"kept word", "The experiment refused$", "", types.SpecStatePassed, ""},
		{"kept refusal", "The experiment user-agent-deny$", "", types.SpecStatePassed, ""},
		{"broken word", "The experiment user-agent-deny$", wrong, types.SpecStateFailed, "--only user-agent-deny"},
		{
			"known deviation", "The experiment user-agent-deny$", known, types.SpecStateSkipped,
			"known deviation: got 200 by upstream, want 403 by gateway: it knows no names",
		},
		{
			"known deviation that is gone", "The experiment refused$", known, types.SpecStateFailed,
			"known deviation is gone",
		},
		{
			"bench of a known deviation", "A body needs a refusal$", known, types.SpecStateSkipped,
			"known deviation: refused: it is said to answer 504",
		},
		{
			"unsupported", "The experiment firewall-drop$", "GATEQUAKE_PORTABLE=1", types.SpecStateSkipped,
			"unsupported: needs real nftables rules",
		},
		{
			"unsupported on a bench", "A body needs a firewall$", "GATEQUAKE_PORTABLE=1", types.SpecStateSkipped,
			"unsupported: inject firewall-drop",
		},
		{"portable", "The experiment refused$", "GATEQUAKE_PORTABLE=1", types.SpecStatePassed, ""},
		{"wrong entry", "The experiment nonsense$", "", types.SpecStateFailed, "got int, want a *catalog.Fault"},
		{"remedy", "A client sees a failure", "", types.SpecStatePassed, ""},
		{
			"remedy for what must be a failure, and is none", "A client sees a failure", wrong,
			types.SpecStateFailed, "user-agent-deny: the client saw no failure: 200",
		},
		{
			"remedy for what is known to be none", "A client sees a failure", known, types.SpecStateSkipped,
			"not applicable: refresh: the client saw no failure: 200",
		},
		{"claim that is not tried on its mutant", "catches .* is waived$", "", types.SpecStateFailed, "was not tried"},
		{
			"claim that lets its mutant pass", "catches .* holds for everybody$", "", types.SpecStateFailed,
			"let it pass",
		},
		{
			"unknown gateway", "The experiment refused$", "GATEQUAKE_GATEWAY=ngnix", types.SpecStateFailed,
			`no gateway "ngnix"; there are: `,
		},
		{
			"unknown setting", "A body passes$", "GATEQUAKE_SETTING=stok", types.SpecStateFailed,
			`no setting "stok" of builtin; there are: document, stock`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := NewWithT(t)
			spec := only(t, c.spec, c.environment).one(t)
			g.Expect(spec.State).To(Equal(c.state), spec.Failure.Message)
			g.Expect(spec.Failure.Message).To(ContainSubstring(c.want))
		})
	}
}

func TestHoldsAttachesTheVerdict(t *testing.T) {
	g := NewWithT(t)
	spec := only(t, "The experiment user-agent-deny$", wrong).one(t)
	g.Expect(spec.ReportEntries).To(HaveLen(1))
	entry := spec.ReportEntries[0]
	v := verdict.Verdict{}
	g.Expect(json.Unmarshal([]byte(entry.Value.AsJSON), &v)).To(Succeed())
	g.Expect(v.ID).To(Equal("user-agent-deny"))
	g.Expect(v.Result).To(Equal(verdict.Fail))
	g.Expect(entry.Value.Representation).To(ContainSubstring("fail: user-agent-deny on open"))
	g.Expect(spec.Failure.Message).To(HaveSuffix("To reproduce: " + v.Replay))
}

// TestDryRunNeedsNoGateway also proves that no world is made: the first thing that a world needs is its gateway.
func TestDryRunNeedsNoGateway(t *testing.T) {
	g := NewWithT(t)
	o := run(t, exec.CommandContext(t.Context(), fixture, "-ginkgo.dry-run"), "GATEQUAKE_GATEWAY=ngnix")
	g.Expect(o.err).NotTo(HaveOccurred())
	g.Expect(o.output).To(ContainSubstring("Ran 32 of 32 Specs"))
}

// TestSuitesHoldEveryExperiment finds each registered experiment in exactly one table of the scenarios.
func TestSuitesHoldEveryExperiment(t *testing.T) {
	g := NewWithT(t)
	tables := map[string]int{}
	for _, suite := range []string{"causes", "blocks"} {
		o := run(t, exec.CommandContext(t.Context(), "go", "test", "../../scenarios/"+suite, "-ginkgo.dry-run"))
		g.Expect(o.err).NotTo(HaveOccurred(), o.output)
		for _, spec := range o.ran {
			if len(spec.LeafNodeLabels) < 2 {
				continue // A hand-written spec: an entry has a kind besides its ID.
			}
			for _, label := range spec.LeafNodeLabels {
				tables[label]++
			}
		}
	}
	for _, e := range catalog.Experiments() {
		g.Expect(tables[e.ID]).To(Equal(1), e.ID)
	}
}
