package survey

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gatequake/gatequake/harness/verdict"
)

func TestLines(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"edge.conf":       "include sites/*.conf\nread_timeout 5s;\n# read_timeout 9s;\n\tmy_read_timeout 1s;\n",
		"sites/shop.conf": "location / {\n  x; read_timeout 7s;\n}\n",
	})
	c := ConfigurationOf([]string{"gateway", "edge.conf"}, dir, nil)
	want := []verdict.Line{
		{File: "edge.conf", Number: 2, Text: "read_timeout 5s;"},
		{File: "sites/shop.conf", Number: 2, Text: "x; read_timeout 7s;"},
	}
	if got := c.Lines("read_timeout", dir); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	elsewhere := filepath.Join(dir, "sites/shop.conf")
	if got := c.Lines("x", filepath.Join(dir, "other")); len(got) != 1 || got[0].File != elsewhere {
		t.Errorf("got %q from a folder beside, want %s", got, elsewhere)
	}
	if got := c.Lines("write_timeout", dir); len(got) > 0 {
		t.Errorf("got %q, want nothing: the configuration does not have it", got)
	}
}
