package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"time"

	"github.com/gatequake/gatequake/harness/verdict"
)

//go:embed html
var htmlFiles embed.FS

// htmlPage is what html/index.html is filled with.
type htmlPage struct {
	Run
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
	Aims                       []aim
	Recoveries, Repeated       []recovery
	Shares, Unserved           []share
}

// HTML returns the run as one file for a browser, which asks no network for anything: the matrix with filters, charts, and for each cell everything that
// results.json has of it, bounded. Nothing that a gateway or an upstream said is executed: it is text for the template, data for the script, and the page
// forbids every script but its own.
func HTML(r Run) ([]byte, error) {
	style, script := htmlFile("style.css"), htmlFile("state.js")+htmlFile("timeline.js")+htmlFile("cell.js")
	data, err := htmlData(r)
	if err != nil {
		return nil, err
	}
	_, others := r.targeted()
	p := htmlPage{
		Run: r, Style: template.CSS(style), Script: template.JS(script), Data: template.JS(data),
		Security: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
			hash(style), hash(script)),
		Title: r.title(), Sums: r.htmlSums(), Columns: r.htmlColumns(), Width: len(r.columns()) + 2, Groups: r.htmlGroups(), Filters: r.filters(), Legend: r.htmlLegend(),
		Red: append(others.findings(fail), r.findings(inconclusive)...), Aims: r.aims(), Seen: append(r.findings(known), r.findings(unsupported)...),
		Recoveries: r.recoveries(), Repeated: r.repeated(), Shares: r.shares(), Unserved: r.unserved(),
		Lasted: r.Took.Round(100 * time.Millisecond).String(), Under: r.speed() + r.strained() + r.under(),
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
var htmlTemplate = template.Must(template.New("index.html").Funcs(template.FuncMap{"safe": shown}).ParseFS(htmlFiles, "html/index.html"))

// shown is Safe for whatever is text, and no longer than shownReason.
func shown(s any) string { return clip(Safe(cut(fmt.Sprint(s))), shownReason) }

func htmlFile(name string) string {
	content, err := htmlFiles.ReadFile("html/" + name)
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

func (r Run) title() string {
	c := r.Counts()
	if red := c.Fail + c.Inconclusive; red > 0 {
		return fmt.Sprintf("%d of %s red", red, count(len(r.Verdicts)))
	}
	return count(len(r.Verdicts)) + ", 0 red"
}

// sum is how many verdicts there are of a kind.
type sum struct {
	Kind, Word string
	N          int
}

func (r Run) htmlSums() []sum {
	c := r.Counts()
	return []sum{
		{kindClasses[pass], "pass", c.Pass},
		{kindClasses[fail], "fail", c.Fail},
		{kindClasses[known], "known deviation", c.Known},
		{kindClasses[inconclusive], "inconclusive", c.Inconclusive},
		{kindClasses[unsupported], "unsupported", c.Unsupported},
	}
}

// kindClasses are the kinds as the style sheet, the script and links call them.
var kindClasses = map[kind]string{inconclusive: "inconclusive", pass: "pass", fail: "fail", known: "known", unsupported: "unsupported"}

// finding is a group of verdicts as a person reads of it.
type finding struct {
	Kind, Mark, Who, Reason string
	Cells                   []link
}

// link leads to a cell.
type link struct{ Href, Text string }

// maxLinks is how many cells a finding links to.
const maxLinks = 200

func (r Run) findings(k kind) []finding {
	all := []finding{}
	for _, g := range r.groups(k) {
		f := finding{Kind: kindClasses[k], Mark: marks[k], Who: g.who(), Reason: g.reason}
		if k == unsupported {
			f.Who = ""
		}
		for _, v := range g.verdicts[:min(len(g.verdicts), maxLinks)] {
			f.Cells = append(f.Cells, link{cellHref(v), v.Gateway + " " + v.Setting + ": " + v.ID})
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
