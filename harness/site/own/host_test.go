package own

import (
	"net/netip"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/site"
)

// TestHostOfAProbe: the header Host of a probe stands in the place of what its URL says, and nowhere besides.
func TestHostOfAProbe(t *testing.T) {
	for want, headers := range map[string]map[string]string{
		"shop.test:8080": {"X-Tenant": "a"},
		"shop.test":      {gateway.HostField: "shop.test", "X-Tenant": "a"},
	} {
		d := &Described{Own: &gateway.Own{}}
		d.Probe = gateway.Probe{URL: "http://shop.test:8080/", Headers: headers}
		r := client.Request{Method: "GET", Header: []client.Field{{Name: "Nonce", Value: "1"}}}
		d.fit(&r, site.Probe{}, netip.MustParseAddr("203.0.113.1"))
		if r.Host != want || len(r.Header) != 2 {
			t.Errorf("%v: got Host: %s beside %v, want Host: %s beside two fields", headers, r.Host, r.Header, want)
		}
	}
}

// TestPassingIsOfAHost: a probe whose host's bytes are passed on is one at a listener that answers others itself.
func TestPassingIsOfAHost(t *testing.T) {
	at := gateway.Listener{At: netip.MustParseAddrPort("0.0.0.0:8443"), Speaks: gateway.SpeaksHTTPS}
	o := &gateway.Own{Listeners: []gateway.Listener{at}}
	for _, passes := range []bool{false, true} {
		if got := o.Passes(gateway.Probe{URL: "https://shop.test:8443/", Passes: passes}); got != passes {
			t.Errorf("got %t of a probe with %t, want the same", got, passes)
		}
	}
}
