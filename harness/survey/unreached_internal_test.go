package survey

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
)

// TestMentioned holds what of a configuration looks like an upstream, in several languages.
func TestMentioned(t *testing.T) {
	for text, want := range map[string][]string{
		"proxy_pass http://127.0.0.1:7001;":                        {"127.0.0.1:7001"},
		"# proxy_pass http://127.0.0.1:7001;":                      {},
		"server { return 301 https://www.shop.example$uri; }":      {},
		"return 404; } location /a { proxy_pass http://a.test:81;": {"a.test:81"},
		"proxy_pass http://group;":                                 {}, // A name that the configuration gives.
		"server app:3000 weight=2; server 10.0.0.1:80 backup;":     {"10.0.0.1:80", "app:3000"},
		"  server s1 orders.internal:8443 ssl":                     {"orders.internal:8443"},
		"bind 0.0.0.0:8080":                                        {},
		"listen 127.0.0.1:8080;":                                   {},
		"resolver 10.0.0.2:53;":                                    {},
		`- url: "https://api.example"`:                             {"api.example:443"},
		"fastcgi_pass [fd00::1]:9000;":                             {"[fd00::1]:9000"},
		"reverse_proxy localhost:3000":                             {"127.0.0.1:3000"},
		"keys_zone=one:10m":                                        {},
		"log_format x '$time 10:20:30'":                            {},
	} {
		s := &survey{words: words{text: "gateway\n" + text}, own: gateway.Own{Listeners: []gateway.Listener{
			{At: netip.MustParseAddrPort("0.0.0.0:8080")},
		}}}
		got := s.mentioned()
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

// TestUnreachedIsFolded: things of which the same was seen are one entry, and what one request reached is none.
func TestUnreachedIsFolded(t *testing.T) {
	at := netip.MustParseAddrPort("0.0.0.0:80")
	s := &survey{own: gateway.Own{Listeners: []gateway.Listener{{At: at, Speaks: gateway.SpeaksHTTP}}}}
	s.words.named = []string{"in.test", "out.test", "silent.test"}
	note := func(host, path string, status int, end client.End, reached bool) {
		s.outcomes = append(s.outcomes, outcome{
			at: at, host: host, path: path, status: status, end: end, reached: reached,
			says: strings.ToLower(http.StatusText(status)),
		})
	}
	note("in.test", "/", 200, client.Complete, true)
	note("out.test", "/", 401, client.Complete, false)
	note("silent.test", "/", 0, client.Closed, false)
	for i := range 60 {
		path := fmt.Sprintf("/p%d", i)
		s.words.paths = append(s.words.paths, path)
		note(Host, path, 404, client.Complete, false)
	}
	s.words.paths = append(s.words.paths, "/reached", "/never-asked")
	note(Host, "/reached", 404, client.Complete, false)
	note("in.test", "/reached", 200, client.Complete, true)
	s.noteUnreached()
	got := []string{}
	for _, u := range s.found.Unreached {
		got = append(got, fmt.Sprintf("%s %s (%d): %s", u.What, u.Names[0], len(u.Names), u.Try))
	}
	want := []string{
		"host out.test (1): headers: {Authorization: ...}", "host silent.test (1): url: another host, or protocol: http/2",
		"path /p0 (60): url: another host or path", "path /never-asked (1): url: with it",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
