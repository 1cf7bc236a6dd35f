package report

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/wording"
)

// CellsSchema names the form of what Cells writes. The number changes when a reader of the old form would be misled.
const CellsSchema = "gatequake/cells/1"

// Kept is what RESULTS.json keeps of a run.
type Kept struct {
	Schema string `json:"schema"`
	// Tool is what it was made with: the commit, where it was built of one.
	Tool    string    `json:"tool"`
	Started time.Time `json:"started"`
	World   string    `json:"world"`
	Cells   []Cell    `json:"cells"`
}

// Cell is what one experiment came to, in few words: what RESULTS.json keeps of a verdict.
type Cell struct {
	ID        string                `json:"id"`
	Cause     cause.Cause           `json:"cause"`
	ErrorType proxystatus.ErrorType `json:"error_type,omitempty"`
	Gateway   string                `json:"gateway"`
	Version   string                `json:"version"`
	Setting   string                `json:"setting"`
	Expected  string                `json:"expected"`
	Observed  string                `json:"observed"`
	Verdict   string                `json:"verdict"`
	Reason    string                `json:"reason,omitempty"`
	// Seen is the answer that shows best what clients saw; nil when there was none to see.
	Seen *Seen `json:"seen,omitempty"`
	// Chance is not nil where that does not always come out the same.
	Chance *verdict.Chance `json:"chance,omitempty"`
	// Log is what the most telling of the gateway's log lines says about a fault, and Line is that line.
	Log  Saying `json:"log,omitempty"`
	Line string `json:"line,omitempty"`
	// Seconds is how long the experiment took, in whole ones.
	Seconds int `json:"took_s"`
}

// Seen is an answer as a client sees it, and who wrote it, which a client cannot see.
type Seen struct {
	Status int           `json:"status"`
	End    client.End    `json:"end"`
	TookMS float64       `json:"took_ms"`
	Server string        `json:"server,omitempty"`
	Page   wording.Kind  `json:"page,omitempty"`
	By     record.Author `json:"by,omitempty"`
}

// seenIn returns the telling answer of a verdict.
func seenIn(v verdict.Verdict) *Seen {
	o := Telling(v)
	if o == nil || KindOf(v) == Unsupported || KindOf(v) == Inconclusive {
		return nil
	}
	page, _ := wording.Classify(o.Status, o.Header, []byte(o.Body))
	return &Seen{Status: o.Status, End: o.End, TookMS: o.Took, Server: o.Header.Get("Server"), Page: page, By: o.By}
}

// Cells returns the run's cells as JSON, one a line, without the evidence that results.json has: small enough to keep.
func Cells(r Run) ([]byte, error) {
	lines, logs := []string{}, r.Logs()
	for _, v := range r.Verdicts {
		reason := v.Reason
		if v.Known() {
			reason = v.Deviation
		}
		log := logs[ColumnOf(v)][v.ID]
		line, err := json.Marshal(Cell{
			ID:        v.ID,
			Cause:     v.Cause,
			ErrorType: v.ErrorType,
			Gateway:   v.Gateway,
			Version:   v.Version,
			Setting:   v.Setting,
			Expected:  v.Expected,
			Observed:  v.Observed,
			Verdict:   KindOf(v).String(),
			Reason:    reason,
			Seen:      seenIn(v),
			Chance:    v.Chance,
			Log:       log.Says,
			Line:      Safe(log.Line),
			Seconds:   int(TookOf(v).Round(time.Second).Seconds()),
		})
		if err != nil {
			return nil, fmt.Errorf("encode cell: %w", err)
		}
		lines = append(lines, string(line))
	}
	head, err := json.Marshal(Kept{Schema: CellsSchema, Tool: r.Tool, Started: r.Started.UTC(), World: r.World})
	if err != nil {
		return nil, fmt.Errorf("encode cells: %w", err)
	}
	open, end, _ := strings.Cut(string(head), "null") // The cells are the last field, and one a line.
	return foreign.JSON([]byte(open + "[\n" + strings.Join(lines, ",\n") + "\n]" + end + "\n")), nil
}

// ReadCells reads what Cells wrote.
func ReadCells(text []byte) (Kept, error) {
	kept := Kept{}
	if err := json.Unmarshal(text, &kept); err != nil {
		return Kept{}, fmt.Errorf("read cells: %w", err)
	}
	if kept.Schema != CellsSchema {
		return Kept{}, fmt.Errorf("read cells: schema: got %q, want %q", Clip(kept.Schema, ShownReason), CellsSchema)
	}
	return kept, nil
}

// OfCells returns the cells as a run. It says of each experiment only what was kept of it.
func OfCells(kept Kept, c Catalogue) Run {
	r := Run{
		Catalogue:       c,
		WithoutEvidence: true,
		Tool:            kept.Tool,
		Started:         kept.Started,
		World:           kept.World,
		Planned:         len(kept.Cells),
	}
	for _, cell := range kept.Cells {
		v := verdict.Verdict{
			Record: record.Record{
				ID:         cell.ID,
				Title:      c.Explain(cell.ID).Title,
				Cause:      cell.Cause,
				ErrorType:  cell.ErrorType,
				Gateway:    cell.Gateway,
				Version:    cell.Version,
				Setting:    cell.Setting,
				RecoveryMS: -1,
			},
			Policy:   policy.Document().Name,
			Expected: cell.Expected,
			Observed: cell.Observed,
			Reason:   cell.Reason,
			Chance:   cell.Chance,
		}
		_ = v.Result.UnmarshalText([]byte(cell.Verdict)) // It has no other than nil.
		if cell.Verdict == Known.String() {
			v.Result, v.Deviation, v.Reason = verdict.Fail, cell.Reason, ""
		}
		if s := cell.Seen; s != nil {
			v.Observations = []record.Observation{
				{Probe: "the most telling request", Status: s.Status, By: s.By, End: s.End, Took: s.TookMS},
			}
			if s.Server != "" {
				v.Observations[0].Header = http.Header{"Server": {s.Server}}
			}
		}
		if cell.Line != "" {
			v.Log = []string{cell.Line}
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	return r
}
