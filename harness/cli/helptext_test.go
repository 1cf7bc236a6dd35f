package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// TestHelpFits holds that help and lists fit a terminal of 80 columns, and that each command has an example and stands
// in a group.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	a := &app{env: map[string]string{}}
	for _, c := range a.root().Commands() {
		if c.Name() == "completion" || c.Name() == "help" { // Cobra's own.
			continue
		}
		if c.Example == "" || c.GroupID == "" {
			t.Errorf("%s: got example %q in the group %q, want both", c.Name(), c.Example, c.GroupID)
		}
		fits(t, c)
	}
	fits(t, a.root())
	for _, part := range parts {
		narrowOut(t, "list "+part, gatequake("list", part).out)
	}
	if !strings.Contains(gatequake("list", "faults", "--wide").out, "THE ANSWER MUST BE") {
		t.Error("list --wide: got no column for the right answer")
	}
}

func fits(t *testing.T, c *cobra.Command) {
	t.Helper()
	words := strings.Fields(strings.TrimPrefix(c.CommandPath(), "gatequake"))
	out := gatequake(append(words, "--help")...).out
	if !strings.Contains(out, "Usage:") || !strings.Contains(out, "Flags:") && c.HasAvailableLocalFlags() {
		t.Errorf("%s --help: got %q, want its usage and flags", c.CommandPath(), out)
	}
	// An example is copied, and stays in one line.
	example, rest, _ := strings.Cut(out, "Examples:")
	_, rest, _ = strings.Cut(rest, "\n\n")
	narrowOut(t, c.CommandPath()+" --help", example+rest)
}

func narrowOut(t *testing.T, what, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > helpWidth {
			t.Errorf("%s: got a line of %d columns, want %d at most: %s", what, n, helpWidth, line)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	gatequake("version").is(t, statusHolds, "gatequake "+version(), "built with go1.")
}
