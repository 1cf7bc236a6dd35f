package gatewayfile

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/gateway"
)

func TestPopulationIsReadAsWritten(t *testing.T) {
	links := []gateway.Link{
		{
			Name:     "orders",
			Listen:   netip.MustParseAddrPort("127.0.0.1:9001"),
			Upstream: netip.MustParseAddrPort("127.0.0.1:9000"),
		},
		{
			Name:     "users",
			Listen:   netip.MustParseAddrPort("[::1]:9002"),
			Upstream: netip.MustParseAddrPort("[::1]:9010"),
		},
	}
	text, err := FormatPopulation(links)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParsePopulation("p.json", text)
	if err != nil || len(got) != len(links) {
		t.Fatalf("got %v and %v of %s, want %v", got, err, text, links)
	}
	for i, l := range links {
		if p := got[i]; p.Name != l.Name || p.Listen != l.Listen.String() || p.Upstream != l.Upstream.String() ||
			!*p.Enabled {
			t.Errorf("got %+v, want %v", p, l)
		}
	}
}

func TestPopulationMistakes(t *testing.T) {
	const one = `{"name": "a", "listen": "127.0.0.1:1", "upstream": "127.0.0.1:2"`
	for _, c := range []struct{ text, want string }{
		{"", `p.json:1:1: got "", want a JSON array`},
		{`{"a": {}}`, `p.json:1:1: got "{\"a\": {}}", want a JSON array`},
		{"[\n" + one, "p.json:2:"},
		{"[\n" + one + "}", "want the end of the array"},
		{"[\n" + one + "}\n] []", "p.json:3:4: got more after the end of the array"},
		{
			"[\n " + one + `, "upstrem": 1}]`,
			`p.json:2:68: got the key "upstrem", want one of name, listen, upstream, enabled, toxics; did you mean upstream?`,
		},
		{"[\n " + one + `, "enabled": "yes"}]`, "enabled: got a string, want a bool"},
		{"[\n " + one + `, "toxics": [{}]}]`, "p.json:2:2: a: toxics: got 1, want none"},
		{
			"[" + one + "},\n\n\t{\"name\": \"b\", \"listen\": \"127.0.0.1:1\"}]",
			"p.json:3:2: upstream: got none, want one",
		},
		{"[\n" + one + "},,]", "p.json:2:"},
		{"[7]", "p.json:1:"},
	} {
		_, err := ParsePopulation("p.json", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v, want one line with %q", c.text, err, c.want)
		}
	}
}
