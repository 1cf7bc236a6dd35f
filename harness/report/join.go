package report

import (
	"errors"
	"fmt"
)

// Shard is a part of a run: the Index-th of Of, from 1.
type Shard struct {
	Index int `json:"index"`
	Of    int `json:"of"`
	// Whole is how many experiments the whole run has.
	Whole int `json:"whole"`
}

// Join joins the shards of one run. Every shard must be there once, whole, and of the same run.
func Join(shards []Run) (Run, error) {
	if len(shards) == 0 {
		return Run{}, errors.New("join shards: got no results, want those of every shard")
	}
	whole, seen, cells := shards[0], map[int]bool{}, map[string]bool{}
	whole.Verdicts, whole.Shard = nil, nil
	for _, r := range shards {
		s := r.Shard
		switch {
		case s == nil:
			return Run{}, errors.New("join shards: got results of no shard, want those that run --shard wrote")
		case s.Of != shards[0].Shard.Of || s.Whole != shards[0].Shard.Whole || r.Tool != shards[0].Tool:
			return Run{}, fmt.Errorf(
				"join shards: got shard %d/%d of %d experiments by %s, want one of the same run as %d/%d of %d by %s",
				s.Index,
				s.Of,
				s.Whole,
				r.Tool,
				shards[0].Shard.Index,
				shards[0].Shard.Of,
				shards[0].Shard.Whole,
				shards[0].Tool,
			)
		case seen[s.Index]:
			return Run{}, fmt.Errorf("join shards: got shard %d/%d twice", s.Index, s.Of)
		case r.Interrupted || len(r.Verdicts) != r.Planned:
			return Run{}, fmt.Errorf(
				"join shards: got %d of %d experiments of shard %d/%d, want all: it was interrupted",
				len(r.Verdicts),
				r.Planned,
				s.Index,
				s.Of,
			)
		}
		seen[s.Index] = true
		for _, v := range r.Verdicts {
			if cells[name(v)] {
				return Run{}, fmt.Errorf("join shards: got %s twice, want the shards of one run", name(v))
			}
			cells[name(v)] = true
		}
		if r.Started.Before(whole.Started) {
			whole.Started = r.Started
		}
		whole.Took = max(whole.Took, r.Took)
		whole.Verdicts = append(whole.Verdicts, r.Verdicts...)
	}
	of := shards[0].Shard
	for i := 1; i <= of.Of; i++ {
		if !seen[i] {
			return Run{}, fmt.Errorf("join shards: got no shard %d/%d", i, of.Of)
		}
	}
	if len(whole.Verdicts) != of.Whole {
		return Run{}, fmt.Errorf("join shards: got %d experiments, want %d: the shards were not dealt from the same",
			len(whole.Verdicts), of.Whole)
	}
	whole.Planned = of.Whole
	whole.Verdicts = whole.Catalogue.ordered(whole.Verdicts)
	return whole, nil
}
