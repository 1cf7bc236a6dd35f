// Package browsertest lets tests look through a real browser: Chromium, without a window.
package browsertest

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/gatequake/gatequake/harness/world"
)

// RequireEnv is, if it is set, the promise that every tool of the tests is there: what is missing is then a
// failure, and not skipped.
const RequireEnv = "GATEQUAKE_REQUIRE_TOOLS"

// Path returns where the browser is; the error says how to get it.
func Path() (string, error) {
	for _, name := range []string{"chromium", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no chromium on PATH; ci/browser installs it")
}

// Start starts the browser and returns the context of its first tab. The caller ends it with chromedp.Cancel;
// killed, it would leave its folders behind.
func Start(ctx context.Context) (tab context.Context, err error) {
	path, err := Path()
	if err != nil {
		return nil, err
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path))
	if os.Geteuid() == 0 || world.Inside() {
		// Chromium has none for root, and says so; none in namespaces of namespaces.
		options = append(options, chromedp.NoSandbox)
	}
	allocated, _ := chromedp.NewExecAllocator(ctx, options...)
	tab, _ = chromedp.NewContext(allocated)
	return tab, chromedp.Do(tab)
}

// Page is what the browser got for an address.
type Page struct {
	Status int
	Header http.Header
	// Cached is true when the browser asked nobody.
	Cached bool
}

// Visit follows a link to url in the tab, with these header fields in addition to the browser's own, and returns
// when the page is there. To go again where it is already, the tab must have been elsewhere in between: the
// browser takes it for a reload otherwise.
func Visit(tab context.Context, url string, fields map[string]string) (Page, error) {
	extra := network.Headers{}
	for name, value := range fields {
		extra[name] = value
	}
	err := chromedp.Do(tab, step(network.Enable, network.EnableParams{}),
		step(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: extra}))
	if err != nil {
		return Page{}, err
	}
	r, err := chromedp.RunResponse(tab, chromedp.Navigate(url))
	if err != nil {
		return Page{}, err
	}
	p := Page{Status: int(r.Status), Header: http.Header{}, Cached: r.FromDiskCache}
	for name, value := range r.Headers {
		if s, ok := value.(string); ok {
			p.Header.Set(name, s)
		}
	}
	return p, nil
}

// Leave goes to an empty page.
func Leave(tab context.Context) error { return chromedp.Do(tab, chromedp.Navigate("about:blank")) }

// ClearCache clears the browser's cache.
func ClearCache(tab context.Context) error {
	return chromedp.Do(tab, step(network.ClearBrowserCache, cdp.Empty{}))
}

// step is a command of the browser's protocol.
func step[P, R any](c cdp.Command[P, R], p P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, p)
		return err
	})
}
