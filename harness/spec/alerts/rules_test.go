package alerts

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
)

const shares = `
groups:
  - name: test
    rules:
      - alert: Errors
        expr: sum(rate(answers_total{status="502"}[1m])) / sum(rate(answers_total[1m])) > 0.1
        for: 1m
      - record: ignored
        expr: vector(1)
      - alert: Impossible
        expr: sum(rate(answers_total{status="502"}[1m])) / sum(rate(answers_total[1m])) > 1
`

func watching(t *testing.T, rules string) (*Watch, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(file, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := read(file)
	return &Watch{
		rules:   all,
		samples: newSamples(),
		since:   map[string]time.Time{},
		engine: promql.NewEngine(
			promql.EngineOpts{MaxSamples: 1000, Timeout: time.Minute, LookbackDelta: time.Minute},
		),
	}, err
}

// TestRuleFiresOnceItHasWaited plays a series of scrapes, in each of which so many answers were a 502.
func TestRuleFiresOnceItHasWaited(t *testing.T) {
	for name, c := range map[string]struct {
		bad   string // for each scrape of ten answers
		fires bool
	}{
		"steady":           {"0000000000000000", false},
		"few":              {"0000111111111111", false}, // A tenth is not more than a tenth.
		"shorter than for": {"0000000050000000", false},
		"long":             {"0000555555555555", true},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := watching(t, shares)
			if err != nil {
				t.Fatal(err)
			}
			good, bad := 0, 0
			for i, n := range strings.Split(c.bad, "") {
				good, bad = good+10-int(n[0]-'0'), bad+int(n[0]-'0')
				at := time.Unix(int64(15*i), 0)
				page := fmt.Sprintf(
					"# TYPE answers_total counter\nanswers_total{status=\"200\"} %d\nanswers_total{status=\"502\"} %d\n",
					good,
					bad,
				)
				if err := w.samples.take([]byte(page), at); err != nil {
					t.Fatal(err)
				}
				if err := w.evaluate(t.Context(), at); err != nil {
					t.Fatal(err)
				}
			}
			if got := slices.Contains(
				w.Fired(),
				"Errors",
			); got != c.fires ||
				slices.Contains(w.Fired(), "Impossible") {
				t.Errorf("got fired %v, want Errors %t and nothing else", w.Fired(), c.fires)
			}
		})
	}
}

func TestRulesThatAreNone(t *testing.T) {
	for name, rules := range map[string]string{
		"no YAML": "groups: [", "unknown key": "groups: [{name: x, rules: [{alert: A, expr: up, fro: " +
			"1m}]}]", "no PromQL": "groups: [{name: x, rules: [{alert: A, expr: 'sum('}]}]",
		"no alert": "groups: []",
	} {
		if _, err := watching(t, rules); err == nil {
			t.Errorf("%s: got no error, want one", name)
		}
	}
}
