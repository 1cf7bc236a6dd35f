package survey

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/gatequake/gatequake/harness/gateway"
)

// Format writes what was found as the file that people edit and keep.
func Format(f Found) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# What gatequake survey found. Edit it, and run: gatequake run --file gatequake.yaml\n")
	for _, w := range f.Warnings {
		fmt.Fprintf(&b, "# %s\n", w)
	}
	text, err := yaml.MarshalWithOptions(f.Own, yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("write survey: %w", err)
	}
	b.Write(text)
	return b.Bytes(), nil
}

// Parse reads the text of the file. The error is one line that begins with file:line:column.
func Parse(file string, text []byte) (gateway.Own, error) {
	o := gateway.Own{}
	if err := yaml.UnmarshalWithOptions(text, &o, yaml.Strict()); err != nil {
		return o, fmt.Errorf("%s: %w", file, err)
	}
	return o, nil
}
