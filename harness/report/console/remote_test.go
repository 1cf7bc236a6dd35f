package console

import (
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestElsewhereIsBrief has a gateway of which most of the catalogue cannot be tried, and tells what could not be
// checked, and where.
func TestElsewhereIsBrief(t *testing.T) {
	r := report.Run{World: "elsewhere"}
	for _, setting := range []string{"root/a", "root/b"} {
		for _, id := range []string{
			"refused", "frozen", "dns-silence", "tls-alert", "firewall-drop", "garbage", "h2-upstream", "no-route",
			"crash-loop",
		} {
			v := verdict.Verdict{
				Record: record.Record{ID: id, Cause: cause.Network, Gateway: "g", Setting: setting},
				Result: verdict.Unsupported,
				Reason: "not with g: beyond links",
			}
			if id == "refused" {
				v.Result, v.Reason, v.Observed, v.Unchecked = verdict.Pass, "", "502 by gateway", []string{
					"all of it",
				}
			}
			if setting == "root/b" && id == "refused" {
				v.Unchecked = append(v.Unchecked, "some of it")
			}
			r.Verdicts = append(r.Verdicts, v)
		}
	}
	var b strings.Builder
	if err := Write(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n  refused",
		"beyond links\n    frozen, dns-silence, tls-alert, firewall-drop, garbage, h2-upstream, and 2 more\n",
		"– all of it\n", "– root/b: some of it\n", "16 unsupported",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("got %s, want %q in it", b.String(), want)
		}
	}
	if strings.Contains(b.String(), "\n  frozen") {
		t.Errorf("got %s, want no row for what was not possible", b.String())
	}
	if r.World = "user"; len(r.Rows()) != 9 {
		t.Error("got fewer rows in a world, want one for each experiment")
	}
}
