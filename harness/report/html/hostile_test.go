package html

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
	"github.com/gatequake/gatequake/harness/verdict"
)

// attack is what a body, a log or a file from elsewhere may hold to be executed: it ends scripts, attributes,
// comments and strings, and begins others.
const attack = `--></script></style></title>"'><script>window.pwned=1</script><img src=x ` +
	`onerror="window.pwned=1"><!--<script> {{.}} ${window.pwned=1} javascript:window.pwned=1 ` +
	"\u2028\u2029\u202e\xff\x00\x1b[2J"

// attacked is a run in which every text is hostile.
func attacked() report.Run {
	v := reporttest.Made(report.Column{Gateway: attack, Version: attack, Setting: attack}, "refused")
	v.ID, v.Title, v.Cause, v.ErrorType, v.Policy = attack, attack, cause.Network, attack, attack
	v.World, v.Expected, v.Observed = attack, attack, attack
	v.Result, v.Reason, v.Evidence, v.Replay, v.Log = verdict.Fail, attack, attack, attack, []string{
		attack,
		strings.Repeat(attack, 1000),
	}
	v.Under = []verdict.Under{{Policy: attack, Expected: attack, Result: verdict.Fail}}
	v.Checks = []verdict.Check{{Name: attack, Of: attack, Got: attack, Want: attack}, {Name: attack + "!", OK: true}}
	v.Observations = []record.Observation{{
		Probe: attack, Nonce: attack, Status: 200, By: attack, End: client.Complete, Error: attack, Body: attack,
		After: attack, At: 1, Took: 2,
		Header: map[string][]string{attack: {attack}},
	}}
	v.Events = []record.Event{{At: 1, Source: attack, What: attack}, {At: 2, Source: record.Harness, What: attack}}
	v.Counts = map[string]int{attack + ": " + attack: 2}
	v.Runs = []verdict.Run{{Observed: attack, Reason: attack}, {Observed: attack, Reason: attack}}
	known := v
	known.ID, known.Deviation = attack+"2", attack
	return report.Run{
		Tool:         attack,
		World:        attack,
		NotInstalled: []report.Missing{{Gateway: attack, Install: attack}},
		Verdicts:     []verdict.Verdict{v, known},
	}
}

func TestPageExecutesNothing(t *testing.T) {
	page := pageOf(t, attacked())
	s := opened(t, page, "")
	for i := range 2 {
		s.runs(
			"document.querySelectorAll('#matrix td a')[" + string(
				rune('0'+i),
			) + "].click(); document.querySelectorAll('details').forEach(d => { d.open = true })",
		)
		s.is("document.querySelector('dialog').open", "true")
		s.is("window.pwned", "undefined")
		s.runs("document.querySelector('dialog').close()")
	}
	s.is("document.scripts.length", "2")
	s.clean()
}

// TestPageForbidsScripts lets an attack through, as a mistake in the template would, and shows that the page's policy
// stops it; and that without the policy the test above would have seen it.
func TestPageForbidsScripts(t *testing.T) {
	page := pageOf(t, reporttest.Sample())
	let := bytes.Replace(
		page,
		[]byte("<main>"),
		[]byte(`<main><script>window.pwned=1</script><img src="https://elsewhere.test/x" onerror="window.pwned=1">`),
		1,
	)
	s := opened(t, let, "")
	s.is("window.pwned", "undefined")
	if got := strings.Join(s.complaints(), "\n"); strings.Count(got, "Content Security Policy") < 2 ||
		strings.Contains(got, "elsewhere.test/x\n") {
		t.Errorf("got %q, want the policy to stop a script and a request", got)
	}
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)
	if !policy.Match(let) {
		t.Fatal("the page has no policy")
	}
	opened(t, policy.ReplaceAll(let, nil), "").is("window.pwned", "1")
}

// TestHTMLIsOneFileOfOurs looks at the page as a browser reads it: two scripts and a style sheet of ours, nothing
// from elsewhere, and no event handler.
func TestHTMLIsOneFileOfOurs(t *testing.T) {
	for name, run := range map[string]report.Run{
		"sample": reporttest.Charted(reporttest.Judged(reporttest.Sample())), "attacked": attacked(), "nothing": {},
	} {
		page := pageOf(t, run)
		root, err := html.Parse(bytes.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		scripts, policy := []string{}, ""
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			switch n.Data {
			case "script", "style":
				scripts = append(scripts, attribute(n, "type"))
				if attribute(n, "type") != "application/json" &&
					!strings.Contains(policy, "'"+hash(n.FirstChild.Data)+"'") {
					t.Errorf("%s: the policy %q does not name what is in the page's %s", name, policy, n.Data)
				}
			case "img", "link", "iframe", "object", "embed", "base":
				t.Errorf("%s: got a %s in the page, want none", name, n.Data)
			case "meta":
				if attribute(n, "http-equiv") == "Content-Security-Policy" {
					policy = attribute(n, "content")
				}
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" ||
					a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s: got the attribute %s=%q of %s, want none", name, a.Key, a.Val, n.Data)
				}
			}
		}
		if got := strings.Join(scripts, ","); got != ",application/json,module" {
			t.Errorf("%s: got scripts %q, want the style, the data and ours", name, got)
		}
		reporttest.Harmless(t, page)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestHTMLIsBounded(t *testing.T) {
	r := reporttest.Sample()
	v := &r.Verdicts[0]
	plain := len(pageOf(t, r))
	v.Log = append(make([]string, 1_000_000), strings.Repeat("x", 100<<20))
	v.Reason, v.Observations[0].Body = strings.Repeat("<", 50<<20), strings.Repeat("\x00", 50<<20)
	page := pageOf(t, r)
	if more := len(page) - plain; more > 100<<10 {
		t.Errorf("got %d bytes more for a hostile log, reason and body, want 100 KiB at most", more)
	}
	if !bytes.Contains(page, []byte(`"dropped":999745`)) || !bytes.Contains(page, []byte("bytes more)")) {
		t.Error("got no word of what is missing")
	}
}
