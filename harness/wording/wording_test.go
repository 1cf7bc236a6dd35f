package wording_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/wording"
)

// The folders of the corpus, by the kind of the pages in them. A page is an answer as it stands on the wire. All
// are written for this test, in the shape of what gateways and content delivery networks send by default.
var folders = map[string]wording.Kind{
	"denied": wording.Denied, "bad-gateway": wording.BadGateway,
	"neither": wording.Neither,
}

func TestClassifiesTheCorpus(t *testing.T) {
	for folder, want := range folders {
		pages, err := filepath.Glob(filepath.Join("testdata", folder, "*.page"))
		if err != nil || len(pages) == 0 {
			t.Fatalf("list pages of %s: got %d, %v, want some", folder, len(pages), err)
		}
		for _, file := range pages {
			t.Run(folder+"/"+strings.TrimSuffix(filepath.Base(file), ".page"), func(t *testing.T) {
				status, header, body := read(t, file)
				if got, phrase := wording.Classify(status, header, body); got != want {
					t.Errorf("classify %s: got %q (by %q), want %q", file, got, phrase.Text, want)
				}
			})
		}
	}
}

func read(t *testing.T, file string) (int, http.Header, []byte) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := http.ReadResponse(bufio.NewReader(f), nil)
	if err != nil {
		t.Fatalf("read %s: %v", file, err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("read %s: %v", file, err)
	}
	return r.StatusCode, r.Header, body
}

func TestEveryPhraseIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range wording.Phrases() {
		if p.Text == "" || p.Text != strings.ToLower(p.Text) || p.Kind == wording.Neither || p.Reason == "" ||
			seen[p.Text] {
			t.Errorf("phrase %+v: want a text in lower case, once, with a kind and a reason", p)
		}
		seen[p.Text] = true
		if got, by := wording.Classify(http.StatusTeapot, nil, []byte("<p>"+p.Text+"</p>")); got != p.Kind {
			t.Errorf("classify %q: got %q (by %q), want %q", p.Text, got, by.Text, p.Kind)
		}
	}
}

func TestReadsHostilePages(t *testing.T) {
	for _, page := range []string{
		strings.Repeat("<", 1<<20), strings.Repeat("<script>", 1<<16), "</script></style>" + strings.Repeat("&", 1<<16),
		"\xff\xfe\x00<\x00b", "<!--", "<p", "&#x0;",
	} {
		if got, _ := wording.Classify(http.StatusForbidden, nil, []byte(page)); got != wording.Neither {
			t.Errorf("classify %.20q…: got %q, want neither", page, got)
		}
	}
}

func FuzzClassify(f *testing.F) {
	f.Add([]byte("<h1>403 Forbidden</h1>"))
	f.Fuzz(func(t *testing.T, page []byte) {
		if kind, phrase := wording.Classify(http.StatusForbidden, nil, page); kind != phrase.Kind {
			t.Errorf("classify %q: got %q by a phrase of %q", page, kind, phrase.Kind)
		}
	})
}
