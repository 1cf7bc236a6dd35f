package cli

import (
	"fmt"
	"os"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/report/github"
	"github.com/gatequake/gatequake/harness/report/markdown"
)

// tellGitHub shows a run's red cells where GitHub Actions shows such things, if this is a step of a workflow there:
// as annotations, and in the step's summary.
func (a *app) tellGitHub(r report.Run) error {
	if a.env["GITHUB_ACTIONS"] != "true" {
		return nil
	}
	// Workflow commands are read from both streams; this one is never JSON.
	if _, err := fmt.Fprint(a.err, github.Annotations(r)); err != nil {
		return fmt.Errorf("annotate: %w", err)
	}
	return a.summarise(markdown.Summary(r))
}

// summarise adds Markdown to the summary of the step of GitHub Actions that this is, if it is one.
func (a *app) summarise(text string) error {
	file := a.env["GITHUB_STEP_SUMMARY"]
	if a.env["GITHUB_ACTIONS"] != "true" || file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write step summary: %w", err)
	}
	if _, err := f.WriteString(text); err != nil {
		_ = f.Close()
		return fmt.Errorf("write step summary: %w", err)
	}
	return f.Close()
}
