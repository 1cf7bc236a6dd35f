package survey

import (
	"testing"
	"time"
)

// TestNamesKept reads how long addresses of names are kept from lines of several languages.
func TestNamesKept(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"resolver 127.0.0.11 valid=10s;":                           10 * time.Second,
		"resolver 127.0.0.11 ipv6=off valid=500ms;":                500 * time.Millisecond,
		"resolver 10.0.0.2;":                                       keptUnsaid,
		"# resolver 127.0.0.11 valid=10s;":                         0,
		"proxy_read_timeout 20s;\nproxy_pass http://shop:7001;":    0,
		"  hold valid 10s\n  timeout resolve 1s":                   10 * time.Second,
		"type: STRICT_DNS":                                         keptUnsaid,
		"dns_refresh_rate: 2s":                                     2 * time.Second,
		`dns_refresh_rate: {"seconds": 3}, type: STRICT_DNS`:       keptUnsaid,
		"resolver 10.0.0.2 valid=1h;":                              keptUnsaid,
		"resolver 127.0.0.11 valid=20s;\nresolver_timeout 5s;":     20 * time.Second,
		"server { listen 53; } # dns\nresolver [::1]:53 valid=2s;": 2 * time.Second,
	} {
		if got := namesKept(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
