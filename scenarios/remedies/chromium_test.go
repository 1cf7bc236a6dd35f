package remedies

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/chromedp/chromedp"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"

	. "github.com/onsi/ginkgo/v2"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/fixtures/mutants"
	"github.com/gatequake/gatequake/harness/browsertest"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/spec"

	. "github.com/gatequake/gatequake/harness/spec/matchers"
	"github.com/gatequake/gatequake/harness/stamp"
)

// clearChromium is ClearBrowserCache in a real browser. Only this suite knows it: the product has no need of a browser.
var clearChromium = catalog.RegisterRemedy(catalog.Remedy{
	ID: "clear-chromium-cache", Order: 2, Title: "clears the cache of Chromium",
	What: "The same with Chromium, which has never been here: it sees the failure, and follows the link again when " +
		"that is over, before and after its cache is cleared.",
	Try: func(ctx context.Context, v *site.Session) (record.Observation, error) {
		var err error
		if tab, err = browsertest.Start(context.WithoutCancel(ctx)); err != nil {
			return record.Observation{}, fmt.Errorf("%w: %w", err, errors.ErrUnsupported)
		}
		return look(v) // Its cache was never clearer.
	},
	Over: func(_ context.Context, v *site.Session) (without, with record.Observation, err error) {
		defer func() { _ = chromedp.Cancel(tab) }()
		if err = browsertest.Leave(tab); err != nil {
			return without, with, err
		}
		if without, err = look(v); err != nil {
			return without, with, err
		}
		if err = errors.Join(browsertest.Leave(tab), browsertest.ClearCache(tab)); err != nil {
			return without, with, err
		}
		with, err = look(v)
		return without, with, err
	},
})

// tab is the browser of this world; a world is a process of its own, and has one experiment.
var (
	tab   context.Context
	looks int
)

// look lets Chromium ask for what the visitor asks for.
func look(v *site.Session) (o record.Observation, err error) {
	looks++
	nonce := fmt.Sprintf("chromium-%d", looks)
	p, err := browsertest.Visit(tab, "http://"+v.Bench.Plan.Gateway.String()+v.Asks.Route.Path(),
		map[string]string{stamp.Nonce: nonce})
	if err != nil {
		return o, err
	}
	o = record.Observation{
		Probe: "GET " + v.Asks.Route.Path(), Nonce: nonce, Status: p.Status, Header: p.Header,
		By: record.ByGateway, End: client.Complete, Cached: p.Cached,
	}
	if p.Header.Get(stamp.Answer) == nonce {
		o.By = record.ByUpstream
	}
	return o, nil
}

// A browser is a great deal of processes; where the processors are busy, its start alone was seen to take a minute.
var _ = Describe("Clearing the cache of Chromium", Label("remedy", "clear-browser-cache"), func() {
	BeforeEach(func() {
		if _, err := browsertest.Path(); err != nil && os.Getenv(browsertest.RequireEnv) == "" {
			Skip("unsupported: " + err.Error())
		} else if err != nil {
			Fail(err.Error())
		}
	})

	It("helps when an error page could be kept", func(ctx SpecContext) {
		Expect(on(ctx, mutants.CacheableError, faults.Refused, clearChromium)).To(BeHelpedBy(clearChromium))
	}, SpecTimeout(2*enough))

	It("does not help otherwise: neither while the cause is there nor when it is gone", func(ctx SpecContext) {
		Expect(spec.Remedied(ctx, faults.Refused, clearChromium)).NotTo(BeHelpedBy(clearChromium))
	}, SpecTimeout(2*enough))
})
