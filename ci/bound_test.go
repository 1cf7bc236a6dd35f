package ci

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// What is written by hand about a gateway is bound to cells of the matrix by comments, which no reader of the
// page sees:
//
//	<!-- cell: GATEWAY SETTING,... ID,... = OBSERVED -->          this is what was observed, word for word
//	<!-- cell: GATEWAY SETTING,... ID,... ~ PART; PART -->        these are parts of it, or of what comes by chance
//	<!-- cell: GATEWAY SETTING,... ID,... breaks CHECK -->        the check fails
//	<!-- cell: GATEWAY SETTING,... ID,... took 3s -->             the client waited for as long, or longer
//	<!-- cell: GATEWAY SETTING,... ID,... log names -->           what the most telling line says (report.Cell)
//	<!-- cell: GATEWAY SETTING,... ID,... by chance -->           it does not always come out the same
//	<!-- cell: GATEWAY SETTING,... ID,... unsupported -->         it cannot be tried
//	<!-- by hand: REASON -->                                      there is no cell, for that reason
var (
	comment = regexp.MustCompile(`<!-- (cell|by hand): (.*?) -->`)
	bond    = regexp.MustCompile(`^(\S+) (\S+) (\S+) (=|~|breaks|took|log|by|unsupported) ?(.*)$`)
)

// matrix is what bonds are held against.
type matrix struct {
	cells    map[[3]string]report.Cell
	gateways map[string]*gateway.Definition
}

func committed(t *testing.T) matrix {
	t.Helper()
	m := matrix{map[[3]string]report.Cell{}, map[string]*gateway.Definition{}}
	for _, c := range results(t).Cells {
		m.cells[[3]string{c.Gateway, c.Setting, c.ID}] = c
	}
	all, err := gateway.All(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		m.gateways[d.Name] = d
	}
	return m
}

// held returns what is wrong with the passages: one that is bound to nothing, or to a cell that says something else.
func (m matrix) held(passages []string) (wrong []string) {
	for _, p := range passages {
		all := comment.FindAllStringSubmatch(p, -1)
		if len(all) == 0 {
			wrong = append(wrong, fmt.Sprintf("bound to no cell: %.100s", p))
		}
		for _, c := range all {
			if c[1] == "cell" {
				wrong = append(wrong, m.bond(c[2])...)
			}
		}
	}
	return wrong
}

// bond returns how the cells differ from what the comment says.
func (m matrix) bond(text string) (wrong []string) {
	b := bond.FindStringSubmatch(text)
	if b == nil {
		const want = "GATEWAY SETTING ID and one of =, ~, breaks, took, log, by chance, unsupported"
		return []string{fmt.Sprintf("cell: %s: got no bond, want %s", text, want)}
	}
	for _, setting := range strings.Split(b[2], ",") {
		for _, id := range strings.Split(b[3], ",") {
			c, there := m.cells[[3]string{b[1], setting, id}]
			if !there {
				wrong = append(wrong, fmt.Sprintf("%s %s %s: got no such cell, want %s %s", b[1], setting,
					id, b[4], b[5]))
				continue
			}
			if got := m.differs(c, b[4], b[5]); got != "" {
				wrong = append(wrong, fmt.Sprintf("%s %s %s: got %s, want %s %s", b[1], setting, id, got, b[4], b[5]))
			}
		}
	}
	return wrong
}

// differs returns what the cell says in place of what is wanted of it, or "".
func (m matrix) differs(c report.Cell, how, want string) string {
	ok, got := false, c.Observed
	switch how {
	case "=":
		ok = c.Observed == want
	case "~":
		ok = slices.ContainsFunc(m.outcomes(c), func(o verdict.Outcome) bool { return parts(o.Observed, want) })
	case "breaks":
		all := m.outcomes(c)
		ok = (c.Verdict == "known deviation" || len(all) > 1) &&
			slices.ContainsFunc(all, func(o verdict.Outcome) bool { return slices.Contains(o.Breaks, want) })
		got += ", " + c.Verdict
	case "took":
		least, err := time.ParseDuration(want)
		ok = err == nil && c.Seen != nil && c.Seen.TookMS >= float64(least.Milliseconds())
		got += fmt.Sprintf(", %+v", c.Seen)
	case "log":
		ok, got = string(c.Log) == want, fmt.Sprintf("log %q", c.Log)
	case "by":
		ok = len(m.outcomes(c)) > 1 && want == "chance"
	case "unsupported":
		ok, got = c.Verdict == "unsupported", c.Verdict
	}
	if ok {
		return ""
	}
	return got
}

// outcomes are what the gateway's folder lists for the cell, or else what was observed.
func (m matrix) outcomes(c report.Cell) []verdict.Outcome {
	v := verdict.Verdict{Record: record.Record{ID: c.ID, Setting: c.Setting, Version: c.Version}, Observed: c.Observed}
	if d := m.gateways[c.Gateway]; d != nil {
		if known, err := judge.Listed(v, d); err == nil && known != nil {
			return known.Outcomes()
		}
	}
	return []verdict.Outcome{{Observed: c.Observed}}
}

// parts reports whether each part of want is one of observed.
func parts(observed, want string) bool {
	all := strings.Split(observed, "; ")
	return !slices.ContainsFunc(strings.Split(want, "; "), func(p string) bool { return !slices.Contains(all, p) })
}

// findings are the passages below the heading Findings: paragraphs, or the items of a list. A command below a paragraph
// belongs to it.
func findings(text string) (all []string) {
	_, text, _ = strings.Cut(text, "\n## Findings\n")
	text, _, _ = strings.Cut(text, "\n## ")
	for _, p := range regexp.MustCompile(`\n\n+|\n(?:- )`).Split(strings.TrimSpace(text), -1) {
		if !strings.HasPrefix(p, "    ") && strings.TrimSpace(p) != "" {
			all = append(all, p)
		}
	}
	return all
}

// trackRecord are the rows of the track record on the page of the gateways.
func trackRecord(text string) (all []string) {
	_, text, _ = strings.Cut(text, "\n## Track record\n")
	text, _, _ = strings.Cut(text, "\n## ")
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| gateway |") &&
			!strings.HasPrefix(line, "| ---") {
			all = append(all, line)
		}
	}
	return all
}

// TestWhatIsSaidOfGatewaysIsWhatWasSeen holds each passage of the track record and of the findings to the committed
// matrix.
func TestWhatIsSaidOfGatewaysIsWhatWasSeen(t *testing.T) {
	t.Parallel()
	m := committed(t)
	files, err := filepath.Glob("../fixtures/gateways/*/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, gatewaysPage) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		passages := findings(string(text))
		if file == gatewaysPage {
			passages = trackRecord(string(text))
		}
		if len(passages) < 3 {
			t.Errorf("%s: got %d passages, want all of them", file, len(passages))
		}
		for _, wrong := range m.held(passages) {
			t.Errorf("%s: %s", file, wrong)
		}
	}
}

// TestBondsBreak changes a cell, and takes away a bond, and wants to hear of it.
func TestBondsBreak(t *testing.T) {
	t.Parallel()
	m := committed(t)
	key := [3]string{"nginx", "stock", "certificate-expired"}
	bound := "An expired certificate is a 200. <!-- cell: nginx stock certificate-expired = 200 by upstream -->"
	if got := m.held([]string{bound}); len(got) > 0 {
		t.Fatalf("got %v, want a bond that holds", got)
	}
	changed := m.cells[key]
	changed.Observed = "502 by gateway"
	other := matrix{map[[3]string]report.Cell{key: changed}, m.gateways}
	for name, got := range map[string][]string{
		"a cell that changed":   other.held([]string{bound}),
		"a cell that is gone":   other.held([]string{"<!-- cell: nginx stock refused = 503 by gateway -->"}),
		"no bond":               m.held([]string{"An expired certificate is a 200."}),
		"a bond that is none":   m.held([]string{"<!-- cell: nginx stock certificate-expired says 200 -->"}),
		"a check that holds":    m.held([]string{"<!-- cell: nginx stock certificate-expired breaks post-once -->"}),
		"a part that is not it": m.held([]string{"<!-- cell: nginx stock certificate-expired ~ 200 by up -->"}),
		"too short a time":      m.held([]string{"<!-- cell: nginx stock certificate-expired took 10s -->"}),
		"no chance":             m.held([]string{"<!-- cell: nginx stock certificate-expired by chance -->"}),
	} {
		if len(got) != 1 {
			t.Errorf("%s: got %v, want one line that says so", name, got)
		}
	}
}
