package own

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
)

// TestLeak: an address or a name of the inside is found however it is spelled, and where; a word that is one by chance,
// or that the client has said himself, is none.
func TestLeak(t *testing.T) {
	four, six := site.SecretAddress(
		netip.MustParseAddr("198.51.100.11"),
	), site.SecretAddress(
		netip.MustParseAddr("2001:db8:77::5"),
	)
	for name, c := range map[string]struct {
		page, field, value string
		target             string
		want               string // "" for no leak
	}{
		"nothing": {page: "502 Bad Gateway"},
		"an address": {
			page: "dial tcp 198.51.100.11:8080: refused", want: "the upstream's address 198.51.100.11 in the page",
		},
		"one at the end of a sentence": {page: "No answer from 198.51.100.11.", want: "in the page"},
		"one in a field": {
			field: "X-Backend", value: "198.51.100.11",
			want: "the upstream's address 198.51.100.11 in the header X-Backend",
		},
		"a longer one":                  {page: "198.51.100.110 and 1.198.51.100.11 and 198.51.100.11.5"},
		"in hexadecimal":                {page: "peer C633640B", want: "as c633640b, in the page"},
		"in hexadecimal, by bytes":      {page: "0xc6.0x33.0x64.0x0b", want: "in the page"},
		"in hexadecimal, part of an ID": {page: "request 07c633640bff"},
		"as a number": {
			field: "Set-Cookie", value: "id=3325256715", want: "as 3325256715, in the header Set-Cookie",
		},
		"as a number, the bytes turned": {
			field: "Set-Cookie", value: "BIGipServer=191116230.20480.0000",
			want: "as 191116230, in the header Set-Cookie",
		},
		"as a part of a number":  {page: "33252567150"},
		"mapped":                 {page: "[::ffff:198.51.100.11]:8080", want: "in the page"},
		"mapped, in hexadecimal": {page: "[::ffff:c633:640b]:8080", want: "as ffff:c633:640b, in the page"},
		"of IPv6": {
			page: "dial [2001:db8:77::5]:8080", want: "the upstream's address 2001:db8:77::5 in the page",
		},
		"of IPv6, before a colon": {page: "2001:DB8:77::5: refused", want: "in the page"},
		"of IPv6, in full":        {page: "2001:0db8:0077:0000:0000:0000:0000:0005", want: "in the page"},
		"of IPv6, a longer one":   {page: "2001:db8:77::5:1"},
		"a name": {
			page: "no such host: Pay.Internal", want: "the upstream's name pay.internal in the page",
		},
		"a part of a name": {
			page: "shop.pay.internal and pay.internal.example.com and overpay.internal",
		},
		"a name that was asked for": {page: "no page at pay.internal", target: "/?next=http://pay.internal/"},
		"a word": {
			page: "This app is down. Open the app again, or see app.example.com or my-app.",
		},
		"a word with its port":     {page: "connect to app:3000 failed", want: "as app:3000, in the page"},
		"a word with another port": {page: "app:30001"},
		"a word in a URL":          {page: "Get http://app/orders", want: "as //app, in the page"},
		"a word in a field of its own": {
			field: "X-Served-By", value: "app", want: "the upstream's name app in the header X-Served-By",
		},
		"a word in a field of HTTP's": {field: "Content-Type", value: "app"},
		"a word that was asked for":   {field: "X-Path", value: "/app/", target: "/app/"},
		"the public name":             {page: "shop.example.com is down"},
		"a socket": {
			page: "connect() to unix:/run/app.sock failed", want: "the upstream's socket /run/app.sock in the page",
		},
		"the loopback, which is nobody's": {page: "your address is 127.0.0.1"},
		"the loopback with a port of its": {
			page: "dial 127.0.0.1:9000", want: "the upstream's address 127.0.0.1:9000 in the page",
		},
	} {
		o := record.Observation{
			Page:   []byte(c.page),
			Header: http.Header{},
			Sent:   site.SentBy(client.Request{Target: c.target, Host: "shop.example.com"}),
		}
		if c.field != "" {
			o.Header.Set(c.field, c.value)
		}
		mine := Described{Own: &gateway.Own{
			Probes: []gateway.Probe{{URL: "https://shop.example.com/"}},
			Upstreams: []gateway.Upstream{
				{Name: "app", Host: "app", Port: 3000},
				{Name: "pay", Host: "pay.internal", Port: 80},
				{Name: "local", Address: "127.0.0.1", Port: 9000},
				{Name: "origin", Host: "shop.example.com", Port: 443},
				{Name: "sock", Socket: "/run/app.sock"},
			},
		}}
		got := site.Leak(o, append(mine.secrets(), four, six))
		if (got == "") != (c.want == "") || !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
