package engine

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/upstream"
)

// stub is a known gateway's kind, as far as this needs one.
type stub struct {
	site.Kind
	b *site.Bench
}

func (stub) HasBystander() bool { return true }

func (stub) Nonce(n int) string { return fmt.Sprintf("probe-%d", n) }

func (stub) Dress(_ *client.Request, _ site.Probe, from netip.Addr) netip.Addr { return from }

func (stub) ToUpstream(netip.AddrPort) client.Way { return client.Way{} }

func (stub) Question(r client.Request, _ string) client.Request { return r }

func (s stub) BystanderWay(ctx context.Context) error { return s.b.StampedBy(ctx, s.b.Plan.Bystander) }

// TestNobodyIsHurtWithoutAWay: a bystander who is not served was hurt by the gateway only if it could have served him.
func TestNobodyIsHurtWithoutAWay(t *testing.T) {
	well, err := upstream.Start("127.0.0.1:0", upstream.Options{Name: "bystander"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = well.Close() }()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, c := range map[string]struct {
		at        string
		beyond    string
		broken    int
		unchecked string
		err       string
	}{
		"its way is open": {well.Addr(), "", 1, "", ""},
		"its way is open, whatever the fault strikes": {well.Addr(), "the host's address", 1, "", ""},
		"the fault strikes what it needs": {
			closed.Addr().String(), "the host's address", 0, "strikes the host's address", "",
		},
		"its way is broken by nobody knows what": {closed.Addr().String(), "", 0, "", "its own way is broken"},
	} {
		b := &site.Bench{
			Definition: &gateway.Definition{}, Plan: site.Plan{Bystander: netip.MustParseAddrPort(c.at)},
		}
		b.Kind = stub{b: b}
		tr := run{site: On(b), experiment: catalog.Experiment{Fault: &catalog.Fault{ID: "odd", Beyond: c.beyond}}}
		for range 2 {
			err = tr.seeBystander(
				t.Context(),
				record.Observation{Probe: "GET /bystander/", Status: 502, By: record.ByGateway, End: client.Complete},
			)
			if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: got %v, want %q", name, err, c.err)
			}
		}
		if got := strings.Join(tr.record.Unchecked, "; "); strings.Count(got, c.unchecked) != 1 && c.unchecked != "" {
			t.Errorf("%s: got unchecked %q; want one that says %q", name, got, c.unchecked)
		}
		if c.err != "" {
			continue // The experiment is stopped by it.
		}
		tr.record.Terms.Bystander = "200"
		broken := 0
		for _, held := range check.Bystander.Hold(tr.record, policy.Document()) {
			if !held.OK {
				broken++
			}
		}
		if broken != 2*c.broken {
			t.Errorf("%s: got %d broken, want %d", name, broken, 2*c.broken)
		}
	}
}
