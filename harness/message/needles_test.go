package message

import (
	"testing"

	"github.com/gatequake/gatequake/fixtures"
)

// TestNeedlesOnlySaveTime: a line fits a message if it fits the expression, whatever was looked for first.
func TestNeedlesOnlySaveTime(t *testing.T) {
	c, err := Read(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range c.all {
		for _, of := range []Message{m, c.all[(i*7)%len(c.all)], c.all[(i*31)%len(c.all)]} {
			for _, line := range []string{m.Example, of.Example} {
				if got, want := of.fits(line), of.line.MatchString(line); got != want {
					t.Errorf("%s %q: got %t for %q, want %t", of.Program, of.Line, got, line, want)
				}
			}
		}
	}
}
