package report

import (
	_ "embed" // for the schema
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// ResultsSchema is the JSON schema of what JSON returns, with a description of every field.
//
//go:embed results.schema.json
var ResultsSchema []byte

// results is the form of results.json.
type results struct {
	Schema       string       `json:"schema"`
	Tool         string       `json:"tool"`
	Started      time.Time    `json:"started"`
	TookMS       int64        `json:"took_ms"`
	World        string       `json:"world"`
	Command      string       `json:"command,omitempty"`
	Planned      int          `json:"planned"`
	Interrupted  bool         `json:"interrupted"`
	Shard        *Shard       `json:"shard,omitempty"`
	NotInstalled []Missing    `json:"not_installed"`
	Counts       Counts       `json:"counts"`
	Strain       Strain       `json:"strain"`
	Experiments  []experiment `json:"experiments"`
}

// experiment is a verdict with what most readers want of its observations pulled up.
type experiment struct {
	verdict.Verdict
	ObservedStatus int           `json:"observed_status"`
	AnsweredBy     record.Author `json:"answered_by"`
}

// JSON returns the run as results.json holds it; an error for one without its evidence, which could not be judged
// again.
func JSON(r Run) ([]byte, error) {
	if r.WithoutEvidence {
		return nil, errors.New("got cells without their evidence, want the results of a run")
	}
	out := resultsOf(r)
	for _, v := range r.Verdicts {
		out.Experiments = append(out.Experiments, experimentOf(v))
	}
	doc, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode results: %w", err)
	}
	return append(foreign.JSON(doc), '\n'), nil
}

// resultsOf returns the form of the run, without its experiments.
func resultsOf(r Run) results {
	return results{
		Schema:       Schema,
		Tool:         r.Tool,
		Started:      r.Started.UTC(),
		TookMS:       r.Took.Milliseconds(),
		World:        r.World,
		Command:      r.Command,
		Planned:      r.Planned,
		Interrupted:  r.Interrupted,
		Shard:        r.Shard,
		NotInstalled: append([]Missing{}, r.NotInstalled...),
		Counts:       r.Counts(),
		Strain:       r.Strain(),
		Experiments:  []experiment{},
	}
}

func experimentOf(v verdict.Verdict) experiment {
	e := experiment{Verdict: v}
	if o := Telling(v); o != nil {
		e.ObservedStatus, e.AnsweredBy = o.Status, o.By
	}
	return e
}

// Telling returns the observation that shows best what a client saw: the one that the first broken check is about, so
// that a broken POST is not hidden by the GET before it, or else the first. The bystander's do not count: they show
// another route. It is nil when nothing was observed.
func Telling(v verdict.Verdict) *record.Observation {
	if len(v.Observations) == 0 {
		return nil
	}
	for _, c := range v.Checks {
		if c.OK || c.Name == check.Bystander.ID {
			continue
		}
		for i := range v.Observations {
			if v.Observations[i].Probe == c.Of {
				return &v.Observations[i]
			}
		}
		break
	}
	return &v.Observations[0]
}
