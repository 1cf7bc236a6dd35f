package firewall_test

import (
	"net/netip"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/firewall"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

var (
	four = netip.MustParseAddr("10.20.30.40")
	six  = netip.MustParseAddr("fd00::40")
)

func only(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

func create(t *testing.T) *firewall.Firewall {
	t.Helper()
	f, err := firewall.New()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func apply(t *testing.T, f *firewall.Firewall, r firewall.Rule) (undo func() error) {
	t.Helper()
	undo, err := f.Apply(r)
	if err != nil {
		t.Fatal(err)
	}
	return undo
}

func TestRefusedOutsideAWorld(t *testing.T) {
	_, err := firewall.New()
	if err == nil {
		t.Fatal("create firewall in the network namespace of the tests: got none, want an error")
	}
	t.Log(err)
}

func TestOneFirewallAWorld(t *testing.T) {
	if !worldtest.In(t) {
		return
	}
	g := NewWithT(t)
	f := create(t)
	_, err := firewall.New()
	g.Expect(err).To(MatchError(ContainSubstring("one firewall a world")))
	_, err = f.Apply(firewall.Rule{})
	g.Expect(err).To(HaveOccurred())
}
