package firewall

import (
	"net/netip"
	"strings"
	"testing"
)

func TestCheckRefuses(t *testing.T) {
	four, six := netip.MustParsePrefix("10.0.0.1/32"), netip.MustParsePrefix("fd00::/8")
	mapped := netip.PrefixFrom(netip.MustParseAddr("::ffff:10.0.0.1"), 128)
	for _, c := range []struct {
		rule Rule
		want string // "" when the rule is sound
	}{
		{Rule{}, "zero rule"},
		{Rule{Verdict: Drop}, "cut everything"},
		{Rule{Verdict: Drop, Protocol: TCP, Match: Established}, "cut everything"},
		{Rule{To: four}, "got verdict 0"},
		{Rule{To: four, Verdict: 99}, "got verdict 99"},
		{Rule{To: four, Verdict: Drop, Protocol: 3}, "got protocol 3"},
		{Rule{To: four, Verdict: Drop, Match: -1}, "got match -1"},
		{Rule{From: six, To: four, Verdict: Drop}, "one family"},
		{Rule{To: mapped, Verdict: Drop}, "unmapped"},
		{Rule{To: four, Verdict: RejectRST, Protocol: UDP}, "no connections"},
		{Rule{To: four, Match: Established, Verdict: Drop, Protocol: UDP}, "no connections"},
		{Rule{ToPort: 53, Verdict: Drop}, ""},
		{Rule{To: netip.MustParsePrefix("::/0"), Verdict: RejectRST}, ""},
	} {
		err := c.rule.check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("check %v: got %v, want %q", c.rule, err, c.want)
		}
	}
}

func TestRuleReadsAsALine(t *testing.T) {
	got := Rule{
		To: netip.MustParsePrefix("10.0.0.1/32"), ToPort: 80, Protocol: TCP, Match: Established,
		Verdict: RejectRST,
	}.String()
	if want := "reject-rst tcp any:0 -> 10.0.0.1/32:80 (established)"; got != want {
		t.Errorf("rule: got %q, want %q", got, want)
	}
}
