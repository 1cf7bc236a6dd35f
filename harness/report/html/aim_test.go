package html

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
)

func TestAimsOnThePage(t *testing.T) {
	page := pageOf(t, reporttest.Aimed())
	for _, want := range []string{
		"a POST is sent twice", `href="https://vendor.test/some_timeout"`, "upstream timed out", "some_timeout 5s;\nother_timeout 5s;", "--only reset-mid-body",
	} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("got no %q in the page", want)
		}
	}
}

// TestALinkIsNoScript holds that a link of results that somebody else made runs nothing.
func TestALinkIsNoScript(t *testing.T) {
	r := reporttest.Aimed()
	for i := range r.Verdicts {
		if f := r.Verdicts[i].Fix; f != nil {
			f.Link = "javascript:alert(1)"
		}
	}
	page, err := Page(r)
	if err != nil || bytes.Contains(page, []byte(`href="javascript:`)) {
		t.Errorf("got a link that is a script (%v)", err)
	}
}

func TestRemediesOnThePage(t *testing.T) {
	s := opened(t, pageOf(t, report.ReadLogs(reporttest.Tried())), "#cell=nginx/stock/refused")
	defer s.clean()
	for _, want := range []string{
		"What people did about it", "refresh: helps: served, with nothing repaired",
		record.CheckLogs + ": helps: the log names the error type",
	} {
		if got := s.says(`document.querySelector('dialog').textContent`); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}
