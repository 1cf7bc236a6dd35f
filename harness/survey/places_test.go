package survey

import (
	"net/netip"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gatequake/gatequake/harness/gateway"
)

// TestCheckedPaths: what stands at the path of a health check is how the gateway asks, and no limit of a client's.
func TestCheckedPaths(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"option httpchk GET /up\ntimeout check 2s\n":                        {"/up"},
		"http-check send meth GET uri /up\n":                                {"/up"},
		"healthCheck: {path: /up, timeout: 1s}\n":                           {"/up"},
		"healthCheck:\n  path: /up\n  timeout: 1s\n- prefix: /shop\n":       {"/up"},
		"http_health_check: {path: /up}\n":                                  {"/up"},
		"probe p {\n  .url = \"/up\";\n  .timeout = 1s;\n}\n":               {"/up"},
		"location /shop {\n  proxy_read_timeout 9s;\n}\n":                   nil,
		"- match: {prefix: /shop}\n  route: {cluster: shop, timeout: 3s}\n": nil,
	} {
		file := filepath.Join(folder(t, map[string]string{"main.conf": text}), "main.conf")
		w := readWords([]string{"gateway", file}, filepath.Dir(file), nil, mostWords)
		if !slices.Equal(w.checked, want) {
			t.Errorf("%q: got %q, want %q", text, w.checked, want)
		}
		if limits := w.limitsOf(question{host: Host, path: "/up"}); want != nil && limits != "" {
			t.Errorf("%q: got limits %q of a check, want none", text, limits)
		}
	}
}

// TestBareHost: the field Host of a bare question has no port, and its URL has.
func TestBareHost(t *testing.T) {
	t.Parallel()
	l := gateway.Listener{At: netip.MustParseAddrPort("0.0.0.0:8080"), Speaks: gateway.SpeaksHTTP}
	q := question{host: "shop.test", path: "/"}
	for bare, want := range map[bool]string{false: "shop.test:8080", true: "shop.test"} {
		url, authority := q.with(question{bare: bare}).urlOf(l)
		if url != "http://shop.test:8080/" || authority != want {
			t.Errorf("bare %v: got %s with Host: %s, want Host: %s", bare, url, authority, want)
		}
	}
}
