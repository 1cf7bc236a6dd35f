package questions

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"
	"golang.org/x/net/html"

	"github.com/gatequake/gatequake/fixtures/mutants"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/spec"
)

// crawled is what a search engine's crawler sees of a site whose upstream is broken, and what a person sees beside it.
type crawled struct{ page, robots, person record.Observation }

// rule is what a site must do so that an outage costs it no place in a search engine, by what Google documents
// of its crawlers (https://developers.google.com/search/docs/crawling-indexing/http-network-errors and
// …/crawling-indexing/robots/robots_txt), and a gateway that does not.
type rule struct {
	title  string
	broken func(crawled) string // what is wrong, or ""
	by     []mutants.Mutant
}

var rules = []rule{
	{
		"sees the same error as a person: a server error makes it slow down and come again, and keeps the page in " +
			"the index for now", sameForAll,
		[]mutants.Mutant{mutants.DisownsPages, mutants.SoftErrors},
	},
	{
		"is not shown the error page as if it were the page: what comes with a 200 may be indexed, or is a soft 404",
		hard,
		[]mutants.Mutant{mutants.SoftErrors},
	},
	{"may not keep the error: the next visit asks again", fresh, []mutants.Mutant{mutants.CacheableError}},
	{
		"finds nothing in it that takes the page out of the index, or leads away from it", noTrap,
		[]mutants.Mutant{mutants.Delists, mutants.DelistsInPrint},
	},
	{
		"is told the same of robots.txt: a server error there keeps it from the site for the time being, a 404 " +
			"would set it loose on all of it", robotsToo,
		[]mutants.Mutant{mutants.LosesRobots, mutants.SoftErrors},
	},
	{"can read when to come again, if it is told", readable, []mutants.Mutant{mutants.PutsOff}},
}

var _ = Describe("A search engine's crawler, during an outage,", Label("question", "seo"), func() {
	for _, r := range rules {
		It(r.title, spec.In(func(ctx SpecContext, b *spec.Bench) {
			Expect(r.broken(crawl(ctx, b))).To(BeEmpty())
		}), SpecTimeout(enough))
		for _, m := range r.by {
			It("would find out a gateway that "+m.About+": it "+r.title, Label("mutant"),
				spec.On(m.Gateway, func(ctx SpecContext, b *spec.Bench) {
					Expect(r.broken(crawl(ctx, b))).NotTo(BeEmpty())
				}), SpecTimeout(enough))
		}
	}

	It("is told by the upstream's own Retry-After when to come again: the gateway passes it on",
		spec.In(func(ctx SpecContext, b *spec.Bench) {
			b.Inject(ctx, faults.Sheds503)
			Expect(whenToCome(ctx, b)).To(Equal(shed))
		}), SpecTimeout(enough))

	It("would find out a gateway that "+mutants.DropsFields.About, Label("mutant"),
		spec.On(mutants.DropsFields.Gateway, func(ctx SpecContext, b *spec.Bench) {
			b.Inject(ctx, faults.Sheds503)
			Expect(whenToCome(ctx, b)).NotTo(Equal(shed))
		}), SpecTimeout(enough))

	It("is served when it comes again after the outage", spec.In(func(ctx SpecContext, b *spec.Bench) {
		mend := b.Inject(ctx, faults.Refused)
		Expect(asCrawler(ctx, b, "").Healthy()).To(BeFalse())
		mend()
		Eventually(ctx, func() bool { return asCrawler(ctx, b, "").Healthy() }).Should(BeTrue())
	}), SpecTimeout(enough))

	It("would find out a gateway that "+mutants.NeverRecovers.About, Label("mutant"),
		spec.On(mutants.NeverRecovers.Gateway, func(ctx SpecContext, b *spec.Bench) {
			mend := b.Inject(ctx, faults.Refused)
			Expect(asCrawler(ctx, b, "").Healthy()).To(BeFalse())
			mend()
			Consistently(ctx, func() bool { return asCrawler(ctx, b, "").Healthy() }).Should(BeFalse())
		}), SpecTimeout(enough))
})

// crawl breaks the upstream and lets the crawler come.
func crawl(ctx SpecContext, b *spec.Bench) crawled {
	GinkgoHelper()
	b.Inject(ctx, faults.Refused)
	return crawled{page: asCrawler(ctx, b, ""), robots: asCrawler(ctx, b, "/robots.txt"), person: b.Get(ctx)}
}

func asCrawler(ctx SpecContext, b *spec.Bench, path string) record.Observation {
	return b.Ask(ctx, site.Ask{Agent: site.SearchEngine, Path: path})
}

// shed is what an upstream says that sheds load.
var shed = "503, again after " + faults.Sheds503.Control.Header["Retry-After"]

func whenToCome(ctx SpecContext, b *spec.Bench) string {
	o := asCrawler(ctx, b, "")
	return strconv.Itoa(o.Status) + ", again after " + o.Header.Get("Retry-After")
}

func sameForAll(c crawled) string {
	if got, want := c.page.String(), c.person.String(); got != want {
		return got + " for the crawler, and for a person " + want
	}
	return hard(c)
}

func hard(c crawled) string {
	if c.page.Status < http.StatusInternalServerError || !c.page.Answered() {
		return c.page.String()
	}
	return ""
}

func fresh(c crawled) string { return check.Cacheable(c.page.Status, c.page.Header) }

func robotsToo(c crawled) string {
	if c.robots.Status < http.StatusInternalServerError || !c.robots.Answered() {
		return c.robots.String()
	}
	return ""
}

// noTrap looks where crawlers look: in X-Robots-Tag, Location and Link, and at the page's meta and link elements.
func noTrap(c crawled) string {
	h := c.page.Header
	for _, v := range append(h.Values("X-Robots-Tag"), h.Values("Link")...) {
		if trap := strings.ToLower(v); excludes(trap) || strings.Contains(trap, "canonical") {
			return v
		}
	}
	if to := h.Get("Location"); to != "" {
		return "Location: " + to
	}
	for z := html.NewTokenizer(strings.NewReader(c.page.Body)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			if e := z.Token(); trapped(e) {
				return e.String()
			}
		}
	}
}

func trapped(e html.Token) bool {
	is := map[string]string{}
	for _, a := range e.Attr {
		is[a.Key] = strings.ToLower(a.Val)
	}
	switch e.Data {
	case "meta":
		return slices.Contains([]string{"robots", "googlebot"}, is["name"]) && excludes(is["content"]) ||
			is["http-equiv"] == "refresh"
	case "link":
		return strings.Contains(is["rel"], "canonical")
	}
	return false
}

// excludes reports whether a directive for robots takes a page out of the index.
func excludes(directive string) bool {
	return strings.Contains(directive, "noindex") || strings.Contains(directive, "none") ||
		strings.Contains(directive, "unavailable_after")
}

// readable holds Retry-After against RFC 9110, section 10.2.3: seconds, or a date.
func readable(c crawled) string {
	after := c.page.Header.Get("Retry-After")
	if after == "" {
		return ""
	}
	if seconds, err := strconv.Atoi(after); err == nil && seconds >= 0 {
		return ""
	}
	if date, err := http.ParseTime(after); err == nil && date.After(time.Now()) {
		return ""
	}
	return "Retry-After: " + after
}
