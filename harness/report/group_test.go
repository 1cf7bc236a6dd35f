package report

import (
	"testing"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

func TestGroupsAreToldByFieldsNotByWords(t *testing.T) {
	first := verdict.Verdict{
		Record: record.Record{ID: "refused", Gateway: "nginx", Setting: "stock"},
		Reason: "wait for steady state: it ended",
	}
	other := verdict.Verdict{
		Record: record.Record{ID: "empty-reply", Gateway: "nginx", Setting: "stock"},
	}.NotTried(
		first,
	)
	alike := verdict.Verdict{
		Record: record.Record{ID: "garbage", Gateway: "nginx", Setting: "stock"},
		Reason: "not tried after lunch: " + first.Reason,
	}
	got := Run{Verdicts: []verdict.Verdict{first, other, alike}}.Groups(Inconclusive)
	if len(got) != 2 || len(got[0].Verdicts) != 2 || got[0].Reason != first.Reason || got[1].Reason != alike.Reason {
		t.Errorf("got %d groups, the first %+v, want the first two verdicts in one, and the third with its own words",
			len(got), got[0])
	}
	if Key(first) != Key(other) || Key(first) == Key(alike) {
		t.Errorf("got the keys %q, %q and %q, want the first two the same", Key(first), Key(other), Key(alike))
	}
}
