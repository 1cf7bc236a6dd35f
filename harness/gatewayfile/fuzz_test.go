package gatewayfile_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gatewayfile"
)

// told fails the test unless the error is one line of bounded length that begins with the file.
func told(t *testing.T, file string, err error) {
	t.Helper()
	if said := err.Error(); !strings.HasPrefix(said, file+":") || strings.ContainsAny(said, "\n\r") ||
		len(said) > 64<<10 {
		t.Errorf("got %.300q of %d bytes, want one line that begins with the place", said, len(said))
	}
}

// seeds adds the files.
func seeds(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		f.Fatalf("%s: got no file (%v)", pattern, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
}

// odd are documents at which readers of YAML have stumbled.
var odd = []string{
	"",
	"# nothing",
	"---",
	"!",
	"!!x",
	"...",
	"~",
	"a",
	"- a",
	"&a {}",
	"*a",
	"name: x\n---\nname: y",
	"%YAML 1.2\n---\nname: x",
	"<<: *x",
	"{a: {a: {a: }}}",
	"? a\n: b",
	"\x00",
}

// FuzzOwn reads the files of gateways of people's own: what is read can be tried, and written as it was read.
func FuzzOwn(f *testing.F) {
	seeds(f, "../runner/testdata/own/*.yaml")
	seeds(f, "../cli/testdata/own/*.yaml")
	for _, text := range odd {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		own, err := gatewayfile.Parse("own.yaml", text)
		if err != nil {
			told(t, "own.yaml", err)
			return
		}
		for _, target := range own.Targets() {
			if target.Name() == "" {
				t.Errorf("got a target without a name: %+v", target)
			}
		}
		for _, p := range own.Probes {
			if _, err := http.NewRequest(http.MethodGet, p.URL, nil); err != nil {
				t.Errorf("probe %s: %v", p.Name, err)
			}
		}
		_ = catalog.OwnBlocks(&own)
		for _, u := range own.Upstreams {
			if _ = own.At(u); len(u.CalledBy()) == 0 && u.Socket == "" {
				t.Errorf("upstream %q has no name and no address", u.Name)
			}
		}
		again, err := yaml.Marshal(own)
		if err != nil {
			t.Fatal(err)
		}
		back, err := gatewayfile.Parse("own.yaml", again)
		if err != nil {
			t.Fatalf("%v, of what was written:\n%s", err, again)
		}
		if third, err := yaml.Marshal(back); err != nil || string(third) != string(again) {
			t.Errorf("got %s back (%v), want\n%s", third, err, again)
		}
	})
}

// FuzzPopulation reads Toxiproxy's files: what is read is whole, and reads the same when it is written again.
func FuzzPopulation(f *testing.F) {
	seeds(f, "../cli/testdata/toxiproxy/*.json")
	for _, text := range []string{
		"", "null", "[null]", "[]", "[[]]", "{}", `[{"name":"a","listen":"b","upstream":"c"}]x`,
		`[{"name":"a","listen":"b","upstream":"c","toxics":[1]}]`, "[{", strings.Repeat("[", 1<<16),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := gatewayfile.ParsePopulation("p.json", text)
		if err != nil {
			told(t, "p.json", err)
			return
		}
		for _, p := range all {
			if p.Name == "" || p.Listen == "" || p.Upstream == "" || len(p.Toxics) > 0 ||
				!strings.HasPrefix(p.At, "p.json:") {
				t.Errorf("got %+v, want a whole one with its place", p)
			}
		}
		again, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		back, err := gatewayfile.ParsePopulation("p.json", again)
		for i := range back {
			back[i].At, back[i].Toxics = all[i].At, all[i].Toxics
		}
		if err != nil || !reflect.DeepEqual(back, all) {
			t.Errorf("got %+v back (%v), want %+v", back, err, all)
		}
	})
}
