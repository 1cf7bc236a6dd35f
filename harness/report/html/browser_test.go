package html

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/gatequake/gatequake/harness/browsertest"
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
	browser.ctx, browser.err = browsertest.Start(context.Background())
}

// need skips the test, saying what is missing, or fails it where CI has promised the tools.
func need(t *testing.T, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv(browsertest.RequireEnv) != "":
		t.Fatalf("%s is set: %v", browsertest.RequireEnv, err)
	default:
		t.Skipf("not run: %v", err)
	}
}
