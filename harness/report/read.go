package report

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gatequake/gatequake/harness"
)

// Read returns the run that JSON wrote. It fails on another form of results.json, by its schema's name.
func Read(doc []byte) (Run, error) {
	var in results
	if err := json.Unmarshal(doc, &in); err != nil {
		return Run{}, fmt.Errorf("read results: %w", err)
	}
	if in.Schema != Schema {
		return Run{}, fmt.Errorf("read results: schema: got %q, want %q", in.Schema, Schema)
	}
	r := Run{
		Tool: in.Tool, Started: in.Started, Took: time.Duration(in.TookMS) * time.Millisecond, World: in.World, Planned: in.Planned,
		Interrupted: in.Interrupted, Shard: in.Shard, NotInstalled: in.NotInstalled, Verdicts: make([]harness.Verdict, len(in.Experiments)),
	}
	for i, e := range in.Experiments {
		r.Verdicts[i] = e.Verdict
	}
	return r, nil
}
