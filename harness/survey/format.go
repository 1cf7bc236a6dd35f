package survey

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// Format writes what was found as the file that people edit and keep.
func Format(f Found) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# What gatequake survey found. Edit it, and run: gatequake run --file, with the name of this file.\n")
	for _, w := range f.Warnings {
		fmt.Fprintf(&b, "# %s\n", w)
	}
	for _, i := range f.StandIns {
		fmt.Fprintf(&b, "# Missing: %s (%s; %s stood in)\n", i.Path, i.Is, i.As)
	}
	for _, u := range f.Unreached {
		fmt.Fprintf(&b, "# Reached no upstream: %s %s (%s) %s\n", u.What, strings.Join(fold(u.Names, mostTold), ", "),
			u.Saw, u.Try)
	}
	text, err := yaml.MarshalWithOptions(f.Own, yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("write survey: %w", err)
	}
	b.Write(text)
	return b.Bytes(), nil
}
