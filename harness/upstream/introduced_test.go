package upstream_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"testing"

	"github.com/gatequake/gatequake/harness/upstream"
)

// TestProxiedOriginTakesTheHeaderOff: an origin that is told its client first answers what comes behind, in plain text
// and inside TLS, and those who send no header.
func TestProxiedOriginTakesTheHeaderOff(t *testing.T) {
	authority, err := upstream.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.Issue(upstream.Leaf{Names: []string{"mail.test"}})
	if err != nil {
		t.Fatal(err)
	}
	v2 := "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x0a\xc6\x12\x00\x01\x30\x39\x01\xbb"
	for _, secure := range []bool{false, true} {
		o := upstream.Options{Proxied: true}
		if secure {
			o.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
		}
		origin, err := upstream.Start("127.0.0.1:0", o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = origin.Close() })
		for _, header := range []string{"", "PROXY TCP4 203.0.113.10 198.18.0.1 12345 443\r\n", v2} {
			c, err := net.Dial("tcp", origin.Addr())
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(c, header)
			if secure {
				c = tls.Client(c, &tls.Config{ServerName: "mail.test", InsecureSkipVerify: true})
			}
			fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: mail.test\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || r.StatusCode != http.StatusOK {
				t.Errorf("TLS %t, header %q: got %v (%v), want 200", secure, header, r, err)
			}
			_ = c.Close()
		}
	}
}
