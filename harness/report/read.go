package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/verdict"
)

// Bounds of what Read takes for something that Gatequake wrote. Of the 2758 experiments on seven gateways the largest
// has 0.6 MB, all have 31 MB, and what stands beside them 1 KB.
const (
	// MaxResults is the largest results.json, in bytes.
	MaxResults    = 256 << 20
	maxExperiment = 8 << 20
	maxHead       = 1 << 20
	// maxIDs and maxCells bound the matrix; there are some 400 experiments.
	maxIDs   = 1 << 12
	maxCells = 1 << 18
	// shownRest is enough to recognise what should not be there.
	shownRest = 20
)

// Read returns the run that JSON or a Stream wrote; the catalogue orders a stream, and goes with the run. It fails on
// another form of results.json, by its schema's name, and on what is too large. A stream is of a run that was
// interrupted; its last line may be cut. What Read takes, every report can be made of: its cells are few, and no two
// are the same.
func Read(doc []byte, c Catalogue) (Run, error) {
	r, err := read(doc, c)
	if err != nil {
		return Run{}, fmt.Errorf("read results: %w", err)
	}
	return r, nil
}

func read(doc []byte, c Catalogue) (Run, error) {
	if len(doc) > MaxResults {
		return Run{}, fmt.Errorf("got more than %d MiB, want what gatequake wrote", MaxResults>>20)
	}
	var in struct {
		results
		Experiments []json.RawMessage `json:"experiments"`
	}
	d := json.NewDecoder(bytes.NewReader(doc))
	if err := d.Decode(&in); err != nil {
		return Run{}, whole(err)
	}
	if in.Schema != Schema {
		return Run{}, fmt.Errorf("schema: got %q, want %q", Clip(in.Schema, ShownReason), Schema)
	}
	head := d.InputOffset()
	for _, e := range in.Experiments {
		head -= int64(len(e)) + 8 // and what separates it from the next.
	}
	if head > maxHead {
		return Run{}, fmt.Errorf("got %d bytes beside the experiments, want at most %d", head, maxHead)
	}
	experiments, err := streamed(doc[d.InputOffset():], in.Interrupted)
	if err != nil {
		return Run{}, err
	}
	r := Run{
		Tool: in.Tool, Started: in.Started, Took: time.Duration(in.TookMS) * time.Millisecond, World: in.World,
		Planned:     in.Planned,
		Command:     in.Command,
		Interrupted: in.Interrupted, Shard: in.Shard, NotInstalled: in.NotInstalled, Catalogue: c,
	}
	if err := r.add(append(in.Experiments, experiments...)); err != nil {
		return Run{}, err
	}
	if len(experiments) > 0 {
		r.asStreamed()
	}
	return r, nil
}

// streamed splits what stands behind the first value of a stream into experiments, one a line. A last line without
// its end was cut.
func streamed(rest []byte, interrupted bool) ([]json.RawMessage, error) {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if len(rest) > 0 && !interrupted {
		return nil, fmt.Errorf("got %q behind them, want nothing", rest[:min(len(rest), shownRest)])
	}
	all := []json.RawMessage{}
	for {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if !ended {
			return all, nil
		}
		all, rest = append(all, line), after
	}
}

// add adds the experiments to the run.
func (r *Run) add(all []json.RawMessage) error {
	cells, ids, columns := map[string]bool{}, map[string]bool{}, map[Column]bool{}
	for i, doc := range all {
		v, err := readVerdict(doc)
		if err != nil {
			return fmt.Errorf("experiment %d: %w", i+1, err)
		}
		if cells[name(v)] {
			return fmt.Errorf("experiment %d: got %s twice", i+1, Clip(name(v), ShownReason))
		}
		cells[name(v)], ids[v.ID], columns[ColumnOf(v)] = true, true, true
		if len(ids) > maxIDs || len(ids)*len(columns) > maxCells {
			return fmt.Errorf(
				"experiment %d: got %d experiments on %d gateways and settings, want at most %d, and %d cells",
				i+1,
				len(ids),
				len(columns),
				maxIDs,
				maxCells,
			)
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	return nil
}

func readVerdict(doc []byte) (verdict.Verdict, error) {
	var e experiment
	if len(doc) > maxExperiment {
		return e.Verdict, fmt.Errorf("got %d bytes, want at most %d", len(doc), maxExperiment)
	}
	if err := json.Unmarshal(doc, &e); err != nil {
		return e.Verdict, whole(err)
	}
	if e.ID == "" || e.Gateway == "" || e.Setting == "" {
		return e.Verdict, fmt.Errorf("got id %q, gateway %q, setting %q, want all three", Clip(e.ID, ShownReason),
			Clip(e.Gateway, ShownReason), Clip(e.Setting, ShownReason))
	}
	if !slices.Contains([]string{"", "root", "user", "portable", remoteWorld}, e.World) {
		return e.Verdict, fmt.Errorf(
			"world: got %q, want root, user, portable or elsewhere",
			Clip(e.World, ShownReason),
		)
	}
	return e.Verdict, nil
}

// asStreamed gives a run that was read from a stream what its first line could not know: how long it took, and the
// order of a report.
func (r *Run) asStreamed() {
	for _, v := range r.Verdicts {
		r.Took = max(r.Took, v.Started.Add(TookOf(v)).Sub(r.Started))
	}
	r.Verdicts = r.Catalogue.ordered(r.Verdicts)
}

// whole says of JSON that ends too soon that it was cut.
func whole(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("they are cut off: %w", err)
	}
	return err
}
