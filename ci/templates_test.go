package ci

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// fits returns what is wrong with a document in YAML under one of the vendors' schemas in testdata/schemas.
func fits(t *testing.T, schema string, doc []byte) error {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "schemas", schema))
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := yaml.YAMLToJSON(doc)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return err
	}
	return s.Validate(value)
}

// shown returns the block of code that begins with a comment which names the file; one page has it.
func shown(t *testing.T, file string) []byte {
	t.Helper()
	block := regexp.MustCompile("(?s)```[a-z]+\n(?:#|//) " + regexp.QuoteMeta(file) + "\n(.*?)```")
	found := [][]byte{}
	for _, page := range allPages {
		for _, m := range block.FindAllSubmatch(read(t, page), -1) {
			found = append(found, m[1])
		}
	}
	if len(found) != 1 {
		t.Fatalf("got %d blocks for %s on %s, want one", len(found), file, allPages)
	}
	return found[0]
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTemplatesFitTheVendorsSchemas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, schema string
		doc          []byte
		wrong, with  string
	}{
		{"the action", "github-actions.json", read(t, "github/action.yaml"), "using: composite", "using: compost"},
		{
			"the workflow", "github-workflows.json", read(t, "github/workflow.yaml"), "timeout-minutes:",
			"timeout-hours:",
		},
		{"our own workflow", "github-workflows.json", read(t, "../.github/workflows/ci.yml"), "runs-on:", "run-on:"},
		{
			"the page's workflow", "github-workflows.json", shown(t, ".github/workflows/gatequake.yml"),
			"steps:", "step:",
		},
		{
			"the page's workflow with code scanning", "github-workflows.json",
			shown(t, ".github/workflows/gatequake-scanning.yml"), "steps:", "step:",
		},
		{"GitLab's jobs", "gitlab-ci.json", read(t, "gitlab.yml"), "parallel: 4", "parallel: four"},
		{"the page's jobs", "gitlab-ci.json", shown(t, ".gitlab-ci.yml"), "file:", "flie:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := fits(t, c.schema, c.doc); err != nil {
				t.Error(err)
			}
			// The schema does look at it.
			if err := fits(t, c.schema, bytes.ReplaceAll(c.doc, []byte(c.wrong), []byte(c.with))); err == nil {
				t.Errorf("got no error for %s in place of %s", c.with, c.wrong)
			}
		})
	}
}
