package report

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// pageTimeout is many times what the slowest of the tests in a browser takes.
const pageTimeout = time.Minute

// browser is started for the first test that needs it, and ended by TestMain.
var browser struct {
	once sync.Once
	ctx  context.Context
	err  error
}

func TestMain(m *testing.M) {
	status := m.Run()
	if browser.ctx != nil {
		_ = chromedp.Cancel(browser.ctx) // Killed, it would leave its folders behind.
	}
	os.Exit(status)
}

func startBrowser() {
	path := ""
	for _, name := range []string{"chromium", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		browser.err = errors.New("no chromium on PATH; ci/browser installs it")
		return
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium has none for root, and says so.
	}
	allocated, _ := chromedp.NewExecAllocator(context.Background(), options...)
	browser.ctx, _ = chromedp.NewContext(allocated)
	browser.err = chromedp.Do(browser.ctx)
}

// need skips the test, saying what is missing, or fails it where CI has promised the tools.
func need(t *testing.T, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("GATEQUAKE_REQUIRE_TOOLS") != "":
		t.Fatalf("GATEQUAKE_REQUIRE_TOOLS is set: %v", err)
	default:
		t.Skipf("not run: %v", err)
	}
}
