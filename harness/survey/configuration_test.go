package survey

import (
	"slices"
	"testing"
)

func TestLines(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"edge.conf":       "include sites/*.conf\nread_timeout 5s;\n# read_timeout 9s;\n\tmy_read_timeout 1s;\n",
		"sites/shop.conf": "location / {\n  x; read_timeout 7s;\n}\n",
	})
	c := ConfigurationOf([]string{"gateway", "edge.conf"}, dir, nil)
	want := []string{"edge.conf:2: read_timeout 5s;", "shop.conf:2: x; read_timeout 7s;"}
	if got := c.Lines("read_timeout"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := c.Lines("write_timeout"); len(got) > 0 {
		t.Errorf("got %q, want nothing: the configuration does not have it", got)
	}
}
