package html

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// htmlDetail is what the page knows of a cell, for the script: the verdict as results.json has it, and what has to be
// looked up besides.
type htmlDetail struct {
	verdict.Verdict
	Kind string `json:"kind"`
	// Kept are the checks that held, by name; the verdict has only the others.
	Kept   []string `json:"kept"`
	Wanted []wanted `json:"wanted"`
	// Telling is the place of the observation that shows best what a client saw.
	Telling int `json:"telling"`
	// Dropped counts what is in results.json only.
	Dropped int `json:"dropped,omitempty"`
}

// wanted is what a policy expects, and who says so.
type wanted struct {
	verdict.Under
	Source string `json:"source"`
	URL    string `json:"url,omitempty"`
}

// htmlAbout explains an experiment.
type htmlAbout struct {
	What      string `json:"what,omitempty"`
	Made      string `json:"made,omitempty"`
	Confirmed string `json:"confirmed,omitempty"`
	Tolerated string `json:"tolerated,omitempty"`
}

// htmlData returns everything that the page shows of a cell when it is opened, as JSON, a line each, so that only the
// cells that are opened need be read: what explains the experiments by their IDs, and then the cells in the order of
// the verdicts. The characters that could end a script element stand in it as JSON's escapes.
func htmlData(r report.Run) ([]byte, error) {
	explained, all := map[string]htmlAbout{}, []any{nil}
	for _, v := range r.Verdicts {
		v, dropped := bounded(v)
		if _, ok := explained[v.ID]; !ok {
			explained[v.ID] = about(r.Catalogue.Explain(v.ID))
		}
		all = append(all, detail(v, dropped))
	}
	all[0] = explained
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	for _, line := range all {
		if err := lines.Encode(line); err != nil {
			return nil, fmt.Errorf("encode cells: %w", err)
		}
	}
	return b.Bytes(), nil
}

func detail(v verdict.Verdict, dropped int) htmlDetail {
	d := htmlDetail{Kind: report.KindOf(v).Class(), Kept: []string{}, Wanted: []wanted{}, Dropped: dropped}
	if o := report.Telling(v); o != nil {
		d.Telling = slices.IndexFunc(
			v.Observations,
			func(other record.Observation) bool { return other.Nonce == o.Nonce },
		)
	}
	for _, u := range v.Under {
		d.Wanted = append(d.Wanted, citing(v, u))
	}
	if !slices.ContainsFunc(v.Under, func(u verdict.Under) bool { return u.Policy == v.Policy }) {
		d.Wanted = append(
			d.Wanted,
			citing(v, verdict.Under{Policy: v.Policy, Expected: v.Expected, Result: v.Result}),
		)
	}
	broken := []verdict.Check{}
	for _, c := range v.Checks {
		if c.OK {
			d.Kept = once(d.Kept, c.Name)
		} else {
			broken = append(broken, c)
		}
	}
	v.Checks, v.Under = broken, nil
	d.Verdict = v
	return d
}

// citing adds to an expectation where it comes from.
func citing(v verdict.Verdict, u verdict.Under) wanted {
	const rfc = "https://www.rfc-editor.org/rfc/"
	w := wanted{Under: u}
	switch {
	case v.Cause == cause.Blocked:
		w.Source, w.URL = "RFC 9110, section 15.5.4: 403 Forbidden", rfc+"rfc9110#section-15.5.4"
	case v.ErrorType == "":
		w.Source = "a control: no error, under any policy"
	case u.Policy == policy.Document().Name:
		w.Source = "RFC 9110, section 15.6.3: 502 Bad Gateway; the policy holds every cause to it"
		w.URL = rfc + "rfc9110#section-15.6.3"
	case u.Policy == policy.RFC9209().Name:
		w.Source, w.URL = "RFC 9209, section 2.3: "+string(v.ErrorType), rfc+"rfc9209#section-2.3"
	case u.Policy == policy.GatewayError().Name:
		w.Source = "RFC 9110, sections 15.6.3 to 15.6.5: a gateway says 502, 503 or 504 of what stands behind it"
		w.URL = rfc + "rfc9110#section-15.6"
	default:
		w.Source = "your own policy"
	}
	return w
}

// about is the part of an explanation that the page shows.
func about(e report.Explanation) htmlAbout {
	return htmlAbout{e.What, e.Made, e.Confirmed, e.Tolerated}
}
