package gatewayfile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/gatewayfile"
)

const cast = `
name: edge
command: [nginx]
listeners: [{at: "0.0.0.0:80", speaks: http}]
upstreams:
  - {name: app, address: 10.0.0.1, port: 80, speaks: http}
  - {name: spare, address: 10.0.0.2, port: 80, speaks: http}
  - {name: vouch, address: 10.0.0.3, port: 80, speaks: http}
probes:
  - name: root
    url: http://shop.test/
    expect: {status: 200}
    upstreams: [app, spare, vouch]
    roles: `

// TestRoles reads what upstreams are to a probe: the pool is of those that serve, in turn or in reserve.
func TestRoles(t *testing.T) {
	own, err := gatewayfile.Parse("g.yaml", []byte(cast+"{spare: in reserve, vouch: vouches}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for setting, want := range map[string]struct {
		role gateway.Role
		pool []string
	}{
		"root/app":   {gateway.Serves, []string{"spare"}},
		"root/spare": {gateway.InReserve, []string{"app"}},
		"root/vouch": {gateway.Vouches, nil},
	} {
		target, err := own.Target(setting)
		if err != nil || target.Role() != want.role || !slices.Equal(target.Pool(), want.pool) {
			t.Errorf("%s: got %s with %v (%v), want %v", setting, target.Role(), target.Pool(), err, want)
		}
	}
}

func TestRolesMistakes(t *testing.T) {
	for roles, want := range map[string]string{
		"{vouch: vouchs}": `g.yaml:14:13: probes: 0: roles: vouch: got "vouchs", want one of serves, vouches, copies, in reserve`,
		"{other: copies}": `g.yaml:14:13: probes: 0: roles: other: got "other", which is no upstream of the probe, want one of its`,
		"vouches":         "g.yaml:14:12: string was used where mapping is expected",
	} {
		_, err := gatewayfile.Parse("g.yaml", []byte(cast+roles+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", roles, err, want)
		}
	}
}
