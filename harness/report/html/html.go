// Package html writes a run as one page for a browser.
package html

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

//go:embed index.html style.css *.js
var htmlFiles embed.FS

// htmlPage is what html/index.html is filled with.
type htmlPage struct {
	report.Run
	// Security is what a browser may load and execute: only what we put in.
	Security                   string
	Style                      template.CSS
	Script, Data               template.JS // code, and JSON that cannot end its element
	Title, When, Lasted, Under string
	Sums                       []sum
	Columns                    []htmlColumn
	Width                      int
	Groups                     []htmlGroup
	Filters                    []filter
	Legend                     []legendEntry
	Red, Seen                  []finding
	Findings                   []report.Finding
	Verdict                    verdictLine
	Recoveries, Repeated       []recovery
	Shares, Unserved           []share
}

// security is the page's policy, but for the hashes of its style sheet and of its script.
const security = "default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// Page returns the run as one file for a browser, which asks no network for anything: the matrix with filters,
// charts, and for each cell everything that results.json has of it, bounded. Nothing that a gateway or an upstream
// said is executed: it is text for the template, data for the script, and the page forbids every script but its own.
func Page(r report.Run) ([]byte, error) {
	style, script := htmlFile("style.css"), htmlFile("state.js")+htmlFile("timeline.js")+htmlFile("cell.js")
	data, err := htmlData(r)
	if err != nil {
		return nil, err
	}
	_, others := r.Targeted()
	p := htmlPage{
		Run:      r,
		Style:    template.CSS(style),
		Script:   template.JS(script),
		Data:     template.JS(data),
		Security: fmt.Sprintf(security, hash(style), hash(script)),
		Title: title(
			r,
		),
		Sums:       htmlSums(r),
		Columns:    htmlColumns(r),
		Width:      len(r.Columns()) + 2,
		Groups:     htmlGroups(r),
		Filters:    filters(r),
		Legend:     htmlLegend(),
		Findings:   r.Findings(),
		Verdict:    verdictOf(r),
		Red:        append(findings(others, report.Fail), findings(r, report.Inconclusive)...),
		Seen:       append(findings(r, report.Known), findings(r, report.Unsupported)...),
		Recoveries: recoveries(r),
		Repeated:   repeated(r),
		Shares:     shares(r),
		Unserved:   unserved(r),
		Lasted:     r.Took.Round(100 * time.Millisecond).String(),
		Under:      r.Speed() + r.Strained() + r.Under(),
	}
	if !r.Started.IsZero() {
		p.When = r.Started.UTC().Format("2006-01-02 15:04 MST")
	}
	var b bytes.Buffer
	if err := htmlTemplate.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("encode html: %w", err)
	}
	return b.Bytes(), nil
}

// htmlTemplate shows every text with Safe, so that none can move what stands around it.
var htmlTemplate = template.Must(
	template.New("index.html").Funcs(template.FuncMap{"safe": shown, "href": cellHref, "lines": lines}).
		ParseFS(htmlFiles, "index.html"),
)

// shown is Safe for whatever is text, and no longer than ShownReason.
func shown(s any) string { return report.Clip(report.Safe(cut(fmt.Sprint(s))), report.ShownReason) }

// lines splits a text that is written on several.
func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

func htmlFile(name string) string {
	content, err := htmlFiles.ReadFile(name)
	if err != nil {
		panic(err) // The files are embedded.
	}
	return string(content)
}

// hash is how a content security policy names a script or a style sheet (CSP Level 3, section 6.7.3.3).
func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func title(r report.Run) string {
	c := r.Counts()
	if red := c.Fail + c.Inconclusive; red > 0 {
		return fmt.Sprintf("%d of %s red", red, report.Experiments(len(r.Verdicts)))
	}
	return report.Experiments(len(r.Verdicts)) + ", 0 red"
}

// verdictLine is what the run comes to.
type verdictLine struct{ Kind, Word, Why string }

func verdictOf(r report.Run) verdictLine {
	kind, word, why := r.Headline()
	return verdictLine{kind.Class(), word, why}
}

// sum is how many verdicts there are of a kind.
type sum struct {
	Kind, Word string
	N          int
}

func htmlSums(r report.Run) []sum {
	c, all := r.Counts(), []sum{}
	for _, k := range report.Kinds() {
		all = append(all, sum{k.Class(), k.String(), c.Of(k)})
	}
	return all
}

// finding is a group of verdicts as a person reads of it.
type finding struct {
	Kind, Mark, Who, Reason string
	Cells                   []link
}

// maxLinks is how many cells a finding links to.
const maxLinks = 200

func findings(r report.Run, k report.Kind) []finding {
	all := []finding{}
	for _, g := range r.Groups(k) {
		f := finding{Kind: k.Class(), Mark: k.Mark(), Who: g.Who(), Reason: g.Reason}
		if k == report.Unsupported {
			f.Who = ""
		}
		for _, v := range g.Verdicts[:min(len(g.Verdicts), maxLinks)] {
			f.Cells = append(
				f.Cells,
				link{Href: cellHref(v), Text: v.Gateway + " " + v.Setting + ": " + v.ID},
			)
		}
		all = append(all, f)
	}
	return all
}

// policies lists, for the verdicts that have them, the policies that they were held against besides their own.
func policies(all []verdict.Verdict) []string {
	names := []string{}
	for _, v := range all {
		for _, u := range v.Under {
			names = once(names, u.Policy)
		}
	}
	return names
}
