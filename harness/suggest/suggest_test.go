package suggest

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"builtin", "haproxy", "nginx"}
	for name, want := range map[string]string{
		"ngnix": "nginx", "NGINX": "nginx", "haprox": "haproxy", "caddy": "", "": "", "n": "",
	} {
		if got := Nearest(name, known); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
