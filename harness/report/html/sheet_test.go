package html

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// sheet is a page in a tab of its own, and what went wrong in it.
type sheet struct {
	t     *testing.T
	ctx   context.Context
	file  string
	mu    sync.Mutex
	wrong []string // exceptions, messages on the console, requests to anywhere
}

// step is something that is done in a tab.
type step = chromedp.Action[chromedp.Void]

// opened shows the page at the fragment, after the steps.
func opened(t *testing.T, page []byte, fragment string, before ...step) *sheet {
	t.Helper()
	browser.once.Do(startBrowser)
	need(t, browser.err)
	s := &sheet{t: t, file: filepath.Join(t.TempDir(), "index.html")}
	if err := os.WriteFile(s.file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	tab, closeTab := chromedp.NewContext(browser.ctx)
	t.Cleanup(closeTab)
	if err := chromedp.Listen(tab, s.hear); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(tab, pageTimeout)
	t.Cleanup(cancel)
	s.ctx = ctx
	s.do(append(before, chromedp.Navigate("file://"+s.file+fragment))...)
	return s
}

func (s *sheet) hear(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		s.wrong = append(s.wrong, fmt.Sprintf("exception: %v", e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		s.wrong = append(s.wrong, fmt.Sprintf("console: %s", e.Type))
	case *log.EventEntryAdded:
		s.wrong = append(s.wrong, "log: "+e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "file://"+s.file) {
			s.wrong = append(s.wrong, "request: "+e.Request.URL)
		}
	}
}

func (s *sheet) do(steps ...step) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, steps...); err != nil {
		s.t.Fatal(err)
	}
}

// runs runs a script in the page.
func (s *sheet) runs(script string) {
	s.t.Helper()
	s.do(chromedp.Evaluate[chromedp.Void](script))
}

// says returns what the expression, or its promise, is in the page, as text.
func (s *sheet) says(expression string) string {
	s.t.Helper()
	got, err := chromedp.Run(s.ctx,
		chromedp.Evaluate[string]("Promise.resolve("+expression+").then(String)", chromedp.EvalAwaitPromise))
	if err != nil {
		s.t.Fatalf("%s: %v", expression, err)
	}
	return got
}

// is fails the test unless the expression is want.
func (s *sheet) is(expression, want string) {
	s.t.Helper()
	if got := s.says(expression); got != want {
		s.t.Errorf("%s: got %q, want %q", expression, got, want)
	}
}

// becomes waits until the expression is want: what a key or a click brings about comes after it.
func (s *sheet) becomes(expression, want string) {
	s.t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := chromedp.Run(
		s.ctx,
		chromedp.Poll[bool](
			fmt.Sprintf("String(%s) === %s", expression, text),
			chromedp.WithPollingTimeout(pageTimeout/2),
		),
	); err != nil {
		s.t.Fatalf("%s: got %q, want %q: %v", expression, s.says(expression), want, err)
	}
}

// complaints are what went wrong in the page so far; clean fails the test if there are any.
func (s *sheet) complaints() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.wrong)
}

func (s *sheet) clean() {
	s.t.Helper()
	for _, w := range s.complaints() {
		s.t.Errorf("the page: %s", w)
	}
}

// command is a command of the browser's protocol as a step.
func command[P, R any](c cdp.Command[P, R], p P) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, p)
		return err
	})
}

// The looks of a page: of its reader's system, and of the window.
func scheme(name string) step {
	return command(
		emulation.SetEmulatedMedia,
		emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		},
	)
}

func phone() step { return chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile) }

func granted(permission string) step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.CallBrowser(ctx, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
			Permission: &cdpbrowser.PermissionDescriptor{
				Name: permission,
			},
			Setting: cdpbrowser.PermissionSettingGranted,
		})
		return err
	})
}

// moves runs a script that changes the page's fragment, and waits until the page has heard of it.
func (s *sheet) moves(script string) {
	s.t.Helper()
	s.says(
		"new Promise(done => { addEventListener('popstate', () => setTimeout(done), {once: true}); " + script + " })",
	)
}
