package site

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/gatequake/gatequake/harness/browsertest"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
)

// errorPages are heads of a 502, and whether a private cache may show the page again without asking (RFC 9111,
// sections 3 and 4).
var errorPages = []struct {
	name   string
	header map[string]string
	kept   bool
}{
	{"nothing said", nil, false},
	{"a minute", map[string]string{"Cache-Control": "max-age=60"}, true},
	{"a minute, for everybody", map[string]string{"Cache-Control": "public, max-age=60"}, true},
	{"a minute, for one", map[string]string{"Cache-Control": "private, max-age=60"}, true},
	{"a minute, and then ask", map[string]string{"Cache-Control": "max-age=60, must-revalidate"}, true},
	{"no time at all", map[string]string{"Cache-Control": "max-age=0"}, false},
	{"not to be stored", map[string]string{"Cache-Control": "no-store, max-age=60"}, false},
	{"ask each time", map[string]string{"Cache-Control": "no-cache, max-age=60"}, false},
	{"a minute, for shared caches", map[string]string{"Cache-Control": "s-maxage=60"}, false},
	{"for everybody, and no time", map[string]string{"Cache-Control": "public"}, false},
	{"until a date", map[string]string{"Expires": "tomorrow"}, true},
	{"until a date that has passed", map[string]string{"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, false},
	{"until what is no date", map[string]string{"Expires": "0"}, false},
	{"old", map[string]string{"Last-Modified": "Thu, 01 Jan 1970 00:00:00 GMT"}, false},
	{"a minute, for nobody else", map[string]string{"Cache-Control": "max-age=60", "Vary": "*"}, false},
}

// head is the header as it is sent.
func head(fields map[string]string) http.Header {
	h := http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}}
	for name, value := range fields {
		h.Set(name, strings.ReplaceAll(value, "tomorrow", time.Now().Add(24*time.Hour).UTC().Format(http.TimeFormat)))
	}
	return h
}

func TestPagesKeepWhatTheyMay(t *testing.T) {
	for _, c := range errorPages {
		t.Run(c.name, func(t *testing.T) {
			cache, p := pages{}, Probe{}
			cache.keep(
				p,
				record.Observation{
					Status: http.StatusBadGateway,
					By:     record.ByGateway,
					End:    client.Complete,
					Header: head(c.header),
				},
			)
			if got, kept := cache.find(p); kept != c.kept || kept != got.Cached {
				t.Errorf("got kept %t (%s), want %t", kept, got, c.kept)
			}
			if may := check.Cacheable(http.StatusBadGateway, head(c.header)) != ""; c.kept && !may {
				t.Errorf("the check %s: got that nobody may keep it, want that somebody may", check.NotCacheable.ID)
			}
		})
	}
}

func TestPagesOfOthers(t *testing.T) {
	minute := head(map[string]string{"Cache-Control": "max-age=60"})
	for name, c := range map[string]struct {
		p Probe
		o record.Observation
	}{
		"a POST": {
			Probe{Method: http.MethodPost}, record.Observation{Status: 502, End: client.Complete, Header: minute},
		},
		"a cut": {Probe{}, record.Observation{Status: 200, End: client.Truncated, Header: minute}},
		"none":  {Probe{}, record.Observation{End: client.Refused}},
	} {
		cache := pages{}
		cache.keep(c.p, c.o)
		if _, kept := cache.find(c.p); kept {
			t.Errorf("%s: got a page that is kept, want none", name)
		}
	}
	cache := pages{}
	cache.keep(Probe{}, record.Observation{Status: 502, End: client.Complete, Header: minute})
	cache.keep(Probe{}, record.Observation{Status: 200, End: client.Complete, Header: head(nil)})
	if _, kept := cache.find(Probe{}); kept {
		t.Error("got the old page after a new one came, want none")
	}
}

// TestPagesKeepWhatChromiumKeeps holds the cache of a visitor against that of a real browser.
func TestPagesKeepWhatChromiumKeeps(t *testing.T) {
	tab, err := browsertest.Start(t.Context())
	if err != nil && os.Getenv(browsertest.RequireEnv) == "" {
		t.Skipf("not run: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = chromedp.Cancel(tab) }()
	var mu sync.Mutex
	asked := map[string]int{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.URL.Path]++
		for i, c := range errorPages {
			if r.URL.Path == fmt.Sprintf("/%d", i) {
				maps.Copy(w.Header(), head(c.header))
			}
		}
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<h1>502 Bad Gateway</h1>")
	}))
	defer s.Close()
	for i, c := range errorPages {
		t.Run(c.name, func(t *testing.T) {
			path := fmt.Sprintf("/%d", i)
			for range 2 {
				if p, err := browsertest.Visit(
					tab,
					s.URL+path,
					nil,
				); err != nil ||
					p.Status != http.StatusBadGateway {
					t.Fatalf("got %d (%v), want a 502", p.Status, err)
				}
				if err := browsertest.Leave(tab); err != nil {
					t.Fatal(err)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if kept := asked[path] == 1; kept != c.kept {
				t.Errorf("got %d requests for two visits, so kept %t, want %t", asked[path], kept, c.kept)
			}
		})
	}
}
