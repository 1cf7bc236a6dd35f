package html

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
)

// Made returns the page of a run.
func pageOf(t *testing.T, r report.Run) []byte {
	t.Helper()
	page, err := Page(r)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

const (
	theOpen  = `document.querySelector('dialog[open] h2')?.textContent ?? 'none'`
	theCell  = `a[href="#cell=nginx/stock/refused"]`
	theTitle = "refused on nginx 1.22.1, stock"
)

func TestPageOpensACell(t *testing.T) {
	s := opened(t, pageOf(t, reporttest.Sample()), "")
	defer s.clean()
	s.is(theOpen, "none")
	s.do(chromedp.Click("#matrix " + theCell))
	s.becomes(theOpen, theTitle)
	s.becomes("location.hash", "#cell=nginx/stock/refused")
	for _, want := range []string{
		"status of POST /: got 200 by gateway, want 502 by gateway", "own dial: refused", `\x1b[2J`, "Copy",
		"502 by gateway",
	} {
		if got := s.says(`document.querySelector('dialog').textContent`); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	s.do(chromedp.KeyEvent(kb.Escape))
	s.becomes(theOpen, "none")
	s.becomes("location.hash", "")
	s.becomes("document.activeElement.getAttribute('href')", "#cell=nginx/stock/refused")
	s.do(chromedp.Click("#matrix "+theCell), chromedp.Click("dialog button"))
	s.becomes(theOpen, "none")
	s.becomes("location.hash", "")
	s.moves("history.back()")
	s.is(theOpen, theTitle)
}

func TestPageOpensALink(t *testing.T) {
	page := pageOf(t, reporttest.Sample())
	s := opened(t, page, "#verdict=fail&cell=nginx/stock/refused")
	defer s.clean()
	s.is(theOpen, theTitle)
	s.is("document.querySelector('select[name=verdict]').value", "fail")
	s.moves("location.hash = '#cell=nginx/stock/ip-deny+refused'")
	s.is(theOpen, "ip-deny+refused on nginx 1.22.1, stock")
	other := opened(t, page, "#cell=nginx/stock/nothing&cause=rubbish&%ff=%")
	defer other.clean()
	other.is(theOpen, "none")
	other.is("document.getElementById('shown').textContent", "21 of 21 cells; there is no nginx/stock/nothing")
}

func TestPageDrawsATimeline(t *testing.T) {
	s := opened(t, pageOf(t, reporttest.Timed(reporttest.Sample())), "#cell=nginx/stock/refused")
	defer s.clean()
	const rows = `[...document.querySelectorAll('.timeline tbody tr')]`
	s.is(rows+`.map(r => r.cells[1].textContent).join()`,
		"the harness,the harness,the harness,client,client,upstream,nameserver,the harness,the harness")
	s.is(rows+`.map(r => r.cells[0].textContent).join()`, "0.0,10.0,11.0,11.0,12.0,20.0,25.0,210.0,220.0")
	s.is(
		rows+`[3].cells[2].textContent`,
		"GET / (probe-1): 502 by gateway, complete; connected in 1.0 ms, first byte after 60 ms, head after 90 ms, end "+
			"after 100 ms",
	)
	// In the picture, too, later is further to the right, and the request lies within the fault.
	s.is(
		rows+`.map(r => parseFloat(r.querySelector('rect:not(.ground):not(.force)').getAttribute('x'))).every((x, i, all) => !i || x >= all[i - 1])`,
		"true",
	)
	s.is(
		`(() => { const box = c => document.querySelectorAll('.timeline tr')[4].querySelector(c).getBoundingClientRect();
		return box('.force').left < box('.client').left && box('.client').right < box('.force').right && box('.answer').left > box('.client').left })()`,
		"true",
	)
	s.moves("location.hash = '#cell=nginx/stock/slow-answer'")
	s.is(
		`document.querySelector('dialog a[href="https://vendor.test/why"]').textContent`,
		"nginx answers 504 when it waits in vain",
	)
}

func TestPageByKeyboard(t *testing.T) {
	s := opened(t, pageOf(t, reporttest.Sample()), "")
	defer s.clean()
	// Of the matrix Tab stops at its frame and at one cell.
	s.is("[...document.querySelectorAll('#matrix a')].filter(a => a.tabIndex === 0).length", "1")
	s.do(chromedp.Focus(".scroll"), chromedp.KeyEvent(kb.Tab))
	s.becomes("document.activeElement.hash", "#cell=builtin/document/slow-answer")
	s.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowRight))
	s.becomes("document.activeElement.hash", "#cell=nginx/stock/refused")
	s.do(chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.ArrowRight),
		chromedp.KeyEvent(kb.Enter))
	s.becomes(theOpen, theTitle)
	s.becomes("document.activeElement.textContent", theTitle)
	s.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter)) // Close
	s.becomes(theOpen, "none")
	s.becomes("document.activeElement.hash", "#cell=nginx/stock/refused")
}

func TestPageFilters(t *testing.T) {
	s := opened(t, pageOf(t, reporttest.Judged(reporttest.Sample())), "#gateway=broken")
	defer s.clean()
	const visible = `[...document.querySelectorAll('#matrix td a')].filter(a => a.offsetParent).length`
	s.is(visible, "7")
	for fragment, want := range map[string]string{
		"#cause=dns": "21", "#cause=block": "6", "#gateway=nginx": "7", "#setting=document": "14", "#verdict=fail": "1",
		"#verdict=known":              "1",
		"#gateway=nginx&verdict=pass": "4", "#gateway=builtin&verdict=fail": "0", "#policy=rfc9209&verdict=fail": "6",
		"#policy=rfc9209&verdict=known": "0",
	} {
		s.moves("location.hash = '" + fragment + "'")
		s.is(visible, want)
		s.is("document.getElementById('shown').textContent", want+" of 21 cells")
	}
	s.moves("location.hash = '#policy=rfc9209'")
	s.is("document.querySelector('#matrix tbody td').textContent", "418")
	s.moves("location.hash = ''")
	s.is("document.querySelector('#matrix tbody td').textContent", "502")
	s.is(visible, "21")
	s.do(chromedp.Focus("select[name=gateway]"), chromedp.KeyEvent("nginx"))
	s.becomes("location.hash", "#gateway=nginx")
	s.becomes(visible, "7")
	s.do(chromedp.Click(".sums a.fail"))
	s.becomes("location.hash", "#gateway=nginx&verdict=fail")
	s.becomes(visible, "1")
	s.do(chromedp.Click("#filters button"))
	s.becomes(visible, "21")
}

func TestPageCopies(t *testing.T) {
	s := opened(t, pageOf(t, reporttest.Sample()), "#cell=nginx/stock/refused",
		granted("clipboard-read"), granted("clipboard-write"))
	defer s.clean()
	s.do(chromedp.Click(".replay button"), chromedp.WaitVisible(`//*[text()="Copied"]`))
	s.is("navigator.clipboard.readText()", "gatequake run --gateway nginx --setting stock --only refused")
}
