package gateway

import "testing"

// TestNameservers holds both ways between a nameserver as a configuration has it, and where it stands in a world.
func TestNameservers(t *testing.T) {
	for called, at := range map[string]string{
		ResolvConf: "192.0.2.53:53", "127.0.0.11": "240.0.0.11:53", "127.0.0.53": "240.0.0.53:53",
		"10.0.0.2": "10.0.0.2:53", "fd00::2": "[fd00::2]:53", "::1": "[2001:db8::53]:53",
	} {
		got := NameserverAt(called)
		if got.String() != at || NameserverCalled(got.Addr()) != called {
			t.Errorf("%s: got %s, called %s, want %s", called, got, NameserverCalled(got.Addr()), at)
		}
	}
}
