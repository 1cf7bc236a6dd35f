package gateway

import "testing"

func TestRuns(t *testing.T) {
	d := &Definition{Name: "nginx", Signs: Signs{Programs: []string{"openresty", "sh"}}}
	for _, c := range []struct {
		command []string
		want    string
	}{
		{[]string{"nginx", "-g", "daemon off;"}, "nginx"},
		{[]string{"/opt/openresty/bin/openresty"}, "/opt/openresty/bin/openresty"},
		{[]string{"env", "A=b", "sh", "-c", "x"}, "sh"},            // A wrapper before it.
		{[]string{"haproxy", "-f", "/etc/nginx"}, ""},              // A folder that is called so.
		{[]string{"nginx-exporter", "--uri", "http://nginx/"}, ""}, // Another program.
	} {
		if got, ok := d.Runs(c.command); got != c.want || ok != (c.want != "") {
			t.Errorf("%q: got %q, want %q", c.command, got, c.want)
		}
	}
}

func TestSigned(t *testing.T) {
	for _, c := range []struct {
		name, server, field, version string
		ok                           bool
	}{
		{"nginx", "", "nginx/1.22.1", "1.22.1", true},
		{"apache", "", "Apache/2.4.57 (Debian) OpenSSL/3.0.9", "2.4.57", true},
		{"caddy", "", "1.1 Caddy", "", true},
		{"squid", "", "1.1 host (squid/5.7)", "5.7", true},
		{"trafficserver", "ATS", "ATS/9.1.4", "9.1.4", true},
		{"nginx", "", "nginx-quic-fork/1", "", false},
		{"nginx", "", "", "", false},
	} {
		d := &Definition{Name: c.name, Signs: Signs{Server: c.server}}
		if version, ok := d.Signed(c.field); version != c.version || ok != c.ok {
			t.Errorf("%s in %q: got %q, %v, want %q, %v", c.name, c.field, version, ok, c.version, c.ok)
		}
	}
}
