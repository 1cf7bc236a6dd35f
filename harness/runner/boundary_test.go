package runner

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestBoundaryTellsTheTime holds that the page on what a world is a boundary for names the times after which one ends.
func TestBoundaryTellsTheTime(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../world/boundary.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("%d minutes for an experiment", Timeout/time.Minute),
		fmt.Sprintf("%d seconds for a survey", surveyTimeout/time.Second),
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("got no %q in boundary.md, want it there", want)
		}
	}
}
