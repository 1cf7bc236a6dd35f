package formats

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/reporttest"
)

// valid reports what is wrong with the document under the schema of SARIF 2.1.0.
func valid(t *testing.T, doc []byte) error {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "schemas", "sarif-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// TestSARIF holds that each finding is a result at the line that its owner has to change, and that the file is one that
// readers of SARIF take.
func TestSARIF(t *testing.T) {
	for name, r := range map[string]report.Run{
		"sarif.golden.json": reporttest.Aimed(), "sarif-known.golden.json": reporttest.Sample(),
	} {
		doc, err := sarif(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		reporttest.Golden(t, name, doc)
		log := sarifLog{}
		if err := json.Unmarshal(doc, &log); err != nil {
			t.Fatal(err)
		}
		if got, want := len(log.Runs[0].Results), len(r.Findings()); got != want {
			t.Errorf("%s: got %d results, want %d, one for each finding", name, got, want)
		}
	}
	doc, err := sarif(reporttest.Aimed())
	if err != nil {
		t.Fatal(err)
	}
	for what, wrong := range map[string][2]string{
		"a line before the first": {`"startLine": 7`, `"startLine": 0`},
		"another version":         {`"version": "2.1.0"`, `"version": "2"`},
		"a level that is none":    {`"level": "error"`, `"level": "bad"`},
	} {
		broken := bytes.ReplaceAll(doc, []byte(wrong[0]), []byte(wrong[1]))
		if bytes.Equal(broken, doc) || valid(t, broken) == nil {
			t.Errorf("%s: got no error, want one: the schema is looked at", what)
		}
	}
}

// TestSARIFPlaces holds that a finding stands where the upstream is named if the directive is not there yet, else at
// the file that describes the gateway, and that its fingerprint is the same wherever it stands.
func TestSARIFPlaces(t *testing.T) {
	r := reporttest.Aimed()
	before := r.Findings()
	for i := range r.Verdicts {
		if f := r.Verdicts[i].Fix; f != nil {
			moved := *f
			moved.Found = nil
			r.Verdicts[i].Fix = &moved
		}
	}
	all := r.Findings()
	if len(all) < 2 {
		t.Fatalf("got %d findings, want 2 at least", len(all))
	}
	for i, f := range all {
		if got, want := fingerprint(f), fingerprint(before[i]); got != want {
			t.Errorf("got fingerprint %s on another line, want %s", got, want)
		}
		if got := locationsOf(f)[0].Physical; got.Artifact.URI != "sites/bank.conf" || got.Region.Line != 3 {
			t.Errorf("got %+v, want the line that names the upstream", got)
		}
		for j := range f.Cells {
			f.Cells[j].Named = nil
		}
		if got := locationsOf(f)[0].Physical; got.Artifact.URI != unplaced || got.Region != nil {
			t.Errorf("got %+v, want the file that describes the gateway", got)
		}
	}
}
