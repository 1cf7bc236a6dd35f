package policy_test

import (
	"testing"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// TestParts holds what is right by the part that the broken upstream has in the answer, under every policy.
func TestParts(t *testing.T) {
	by := func(status int, author record.Author) record.Observation {
		return record.Observation{Status: status, By: author, End: client.Complete}
	}
	served, control := by(200, record.ByUpstream), record.Expectation{Statuses: []int{500}, By: record.ByUpstream}
	well := record.Expectation{Statuses: []int{200}, By: record.ByUpstream}
	none := record.Observation{End: client.Closed}
	for name, c := range map[string]struct {
		terms record.Terms
		of    proxystatus.ErrorType
		saw   record.Observation
		ok    bool
	}{
		"none: served":            {record.Terms{Part: record.NoPart}, "", served, true},
		"none: an error":          {record.Terms{Part: record.NoPart}, "", by(502, record.ByGateway), false},
		"none: its own error":     {record.Terms{Part: record.NoPart, Control: &control}, "", by(500, record.ByUpstream), false},
		"none: by the gateway":    {record.Terms{Part: record.NoPart}, "", by(200, record.ByGateway), false},
		"none: as it was":         {record.Terms{Part: record.NoPart, SteadyBy: record.ByGateway}, "", by(200, record.ByGateway), true},
		"none: another status":    {record.Terms{Part: record.NoPart, Steady: 404}, "", by(404, record.ByUpstream), true},
		"watched: served":         {record.Terms{Part: record.WatchedPart}, "", served, true},
		"watched: taken out":      {record.Terms{Part: record.WatchedPart}, "", by(502, record.ByGateway), true},
		"watched: another error":  {record.Terms{Part: record.WatchedPart}, "", by(404, record.ByGateway), false},
		"vouches: 500":            {record.Terms{Part: record.VouchedPart}, proxystatus.ConnectionRefused, by(500, record.ByGateway), true},
		"vouches: 403":            {record.Terms{Part: record.VouchedPart}, proxystatus.ConnectionRefused, by(403, record.ByGateway), true},
		"vouches: lets all in":    {record.Terms{Part: record.VouchedPart}, proxystatus.ConnectionRefused, served, false},
		"vouches: an odd yes":     {record.Terms{Part: record.VouchedPart}, proxystatus.HTTPProtocolError, served, true},
		"vouches: its own 500":    {record.Terms{Part: record.VouchedPart, Control: &control}, "", by(500, record.ByUpstream), true},
		"vouches: made a 502":     {record.Terms{Part: record.VouchedPart, Control: &control}, "", by(502, record.ByGateway), true},
		"vouches: a 500 is a yes": {record.Terms{Part: record.VouchedPart, Control: &control}, "", served, false},
		"vouches: well":           {record.Terms{Part: record.VouchedPart, Control: &well}, "", served, true},
		"vouches: well, refused":  {record.Terms{Part: record.VouchedPart, Control: &well}, "", by(403, record.ByGateway), false},
		"passed through: the end": {record.Terms{Part: record.PassedPart}, "", none, true},
		"passed through: a 500":   {record.Terms{Part: record.PassedPart}, "", by(500, record.ByUpstream), true},
		"passed through: its 403": {record.Terms{Part: record.PassedPart}, "", by(403, record.ByGateway), false},
		"passed through: its 502": {record.Terms{Part: record.PassedPart}, "", by(502, record.ByGateway), true},
		"passed through: its bytes": {
			record.Terms{Part: record.PassedPart},
			proxystatus.ConnectionRefused,
			record.Observation{End: client.Malformed, First: 1},
			false,
		},
		"passed through: bytes": {
			record.Terms{Part: record.PassedPart},
			proxystatus.HTTPProtocolError,
			record.Observation{End: client.Malformed, First: 1},
			true,
		},
		"its own: 502":    {record.Terms{}, "", by(502, record.ByGateway), true},
		"its own: served": {record.Terms{}, "", served, false},
	} {
		c.saw.Role, c.saw.After = record.Probed, record.ConnectionUsable
		r := record.Record{Terms: c.terms, ErrorType: c.of, Observations: []record.Observation{c.saw}}
		for _, p := range policy.Policies() {
			broken := false
			for _, k := range []*check.Check{check.Status, check.AnsweredBy} {
				for _, held := range k.Hold(r, p) {
					broken = broken || verdict.Check.Broken(held)
				}
			}
			if broken == c.ok && (p.Name == policy.Document().Name || c.terms.Part != "") {
				t.Errorf("%s, %s: got broken %t of %s, want %s", name, p.Name, broken, c.saw, p.OfFault(r))
			}
		}
	}
}

// TestPassedThroughMayNotHang: that nothing of an answer is the gateway's does not let its clients wait.
func TestPassedThroughMayNotHang(t *testing.T) {
	o := record.Observation{End: client.TimedOut, Role: record.Probed}
	r := record.Record{Terms: record.Terms{Part: record.PassedPart}, Observations: []record.Observation{o}}
	if held := check.InTime.Hold(r, policy.GatewayError()); len(held) != 1 || !held[0].Broken() {
		t.Errorf("got %+v, want one that is broken", held)
	}
}
