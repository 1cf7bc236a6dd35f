package html

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"github.com/gatequake/gatequake/harness/report/reporttest"
)

// axe returns axe-core's script, from where ci/browser puts it.
func axe(t *testing.T) string {
	t.Helper()
	home, _ := os.UserHomeDir()
	for _, prefix := range []string{"/usr/local", filepath.Join(home, ".local")} {
		if script, err := os.ReadFile(filepath.Join(prefix, "share/gatequake/axe.min.js")); err == nil {
			return string(script)
		}
	}
	need(t, errors.New("no axe.min.js; ci/browser installs it"))
	return ""
}

// free lets our own scripts do what the page forbids its own, for axe-core.
var free = command(page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})

// violations is what axe-core has to object to, a line each.
const violations = `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + v.help + ': ' + n.html.slice(0, 200))).join('\n'))`

func TestPageIsAccessible(t *testing.T) {
	script := axe(t)
	for name, look := range map[string]step{"dark": scheme("dark"), "light": scheme("light"), "phone": phone()} {
		s := opened(t, pageOf(t, reporttest.Charted(reporttest.Timed(reporttest.Judged(reporttest.Sample())))),
			"#verdict=pass", free, look)
		s.runs(script)
		for _, fragment := range []string{
			"", "#cell=nginx/stock/refused", "#cell=nginx/stock/slow-answer&verdict=known",
			"#cell=builtin/document/reset-mid-body",
		} {
			s.moves("location.hash = '" + fragment + "'")
			s.runs(`document.querySelectorAll('details').forEach(d => { d.open = true })`)
			if got := s.says(violations); got != "" {
				t.Errorf("%s, %q: axe-core objects:\n%s", name, fragment, got)
			}
		}
		s.clean()
	}
}

// TestAxeCanObject breaks the page in ways that the test above must notice.
func TestAxeCanObject(t *testing.T) {
	s := opened(t, pageOf(t, reporttest.Sample()), "", free, scheme("light"))
	s.runs(axe(t))
	breaks := map[string]string{
		"select-name":    `document.querySelectorAll('#filters label').forEach(l => l.replaceWith(l.querySelector('select')))`,
		"color-contrast": `document.querySelectorAll('.pass').forEach(e => { e.style.color = '#ccc' })`,
		"html-has-lang":  `document.documentElement.removeAttribute('lang')`,
		"link-name":      `document.querySelectorAll('#matrix td a.known').forEach(a => { a.replaceChildren(); a.removeAttribute('aria-label') })`,
		"button-name":    `document.querySelector('#filters button').textContent = ''`,
	}
	if got := s.says(violations); got != "" {
		t.Errorf("got %q before anything is broken, want nothing", got)
	}
	for _, breaking := range breaks {
		s.runs(breaking)
	}
	got := s.says(violations)
	for rule := range breaks {
		if !strings.Contains(got, rule+": ") {
			t.Errorf("got %q, want axe-core to object with %s", got, rule)
		}
	}
}
