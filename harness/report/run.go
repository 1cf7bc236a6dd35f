// Package report turns verdicts into what people and pipelines read. Everything in it but Write and Stream is a pure function of a Run.
//
//	Run (header, verdicts) ──> Console (matrix, deviations, counts) · JSON · JUnit · HTML · Metrics ──Write──> report/
package report

import (
	"time"

	"github.com/gatequake/gatequake/harness/verdict"
)

// Schema names the form of results.json. The number changes when a reader of the old form would be misled.
const Schema = "gatequake/results/2"

// Run is everything that a report is made of. The order of its verdicts is the order of every report: columns and suites come in the order of their first
// verdict.
type Run struct {
	// Tool is the version of Gatequake.
	Tool string
	// Started and Took are when the run began and how long it lasted.
	Started time.Time
	Took    time.Duration
	// World is the mode of the worlds: root, user or portable.
	World string
	// Planned is how many experiments were to be run. It is more than there are verdicts when the run was interrupted.
	Planned int
	// Interrupted is true when the run was ended before its time.
	Interrupted bool
	// NotInstalled are the known gateways that the run would have liked to have.
	NotInstalled []Missing
	// Shard is not nil for a part of a run.
	Shard *Shard
	// Verdicts are what came of the experiments.
	Verdicts []verdict.Verdict
}

// Missing is a gateway that is not installed, and how to get it.
type Missing struct {
	Gateway string `json:"gateway"`
	Install string `json:"install"`
}

// Counts is how many verdicts there are of each kind. A known deviation is not counted as a fail.
type Counts struct {
	Pass         int `json:"pass"`
	Fail         int `json:"fail"`
	Known        int `json:"known_deviation"`
	Inconclusive int `json:"inconclusive"`
	Unsupported  int `json:"unsupported"`
}

// Counts counts the run's verdicts.
func (r Run) Counts() Counts {
	c := Counts{}
	for _, v := range r.Verdicts {
		switch kindOf(v) {
		case pass:
			c.Pass++
		case fail:
			c.Fail++
		case known:
			c.Known++
		case unsupported:
			c.Unsupported++
		default:
			c.Inconclusive++
		}
	}
	return c
}

// Ran is how many experiments came to a conclusion about the gateway.
func (c Counts) Ran() int { return c.Pass + c.Fail + c.Known }

// kind is a verdict's place in a report: its result, with known deviations apart. The zero value is inconclusive.
type kind int

const (
	inconclusive kind = iota
	pass
	fail
	known
	unsupported
)

// kindWords are the kinds in words.
var kindWords = map[kind]string{inconclusive: "inconclusive", pass: "pass", fail: "fail", known: "known deviation", unsupported: "unsupported"}

func kindOf(v verdict.Verdict) kind {
	switch {
	case v.Known():
		return known
	case v.Result == verdict.Pass:
		return pass
	case v.Result == verdict.Fail:
		return fail
	case v.Result == verdict.Unsupported:
		return unsupported
	}
	return inconclusive
}

// column is one gateway in one setting.
type column struct{ gateway, version, setting string }

func columnOf(v verdict.Verdict) column { return column{v.Gateway, v.Version, v.Setting} }

// columns lists the columns in the order of their first verdict.
func (r Run) columns() []column {
	all, seen := []column{}, map[column]bool{}
	for _, v := range r.Verdicts {
		if c := columnOf(v); !seen[c] {
			all, seen[c] = append(all, c), true
		}
	}
	return all
}
