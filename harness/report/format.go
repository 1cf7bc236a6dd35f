package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Format is a form that a run can be written in. Package formats holds one file for each.
type Format struct {
	// Name is how it is asked for: report --format NAME.
	Name string
	// File is what it is called in the folder of every report; empty for one that is only printed, on demand.
	File string
	// About says in a line what it is for.
	About string
	// Compares is true for one that shows what changed since Run.Baseline.
	Compares bool
	// Write writes the run. Its error says what a run must have that this one has not.
	Write func(w io.Writer, r Run) error
}

var formats = map[string]Format{}

// Register adds a format. It panics when a part of it is missing, or when its name or its file is another's.
func Register(f Format) {
	if f.Name == "" || f.About == "" || f.Write == nil {
		panic(fmt.Sprintf("register format %q: want a name, what it is about, and a function that writes it", f.Name))
	}
	for _, other := range formats {
		if f.Name == other.Name || f.File != "" && f.File == other.File {
			panic(fmt.Sprintf("register format %q, file %q: there is one", f.Name, f.File))
		}
	}
	formats[f.Name] = f
}

// Formats lists the formats by their names.
func Formats() []Format {
	all := []Format{}
	for _, f := range formats {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Format) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Files lists what Write writes.
func Files() []string {
	names := []string{}
	for _, f := range Formats() {
		if f.File != "" {
			names = append(names, f.File)
		}
	}
	return names
}

// Bytes returns the run in the format.
func (f Format) Bytes(r Run) ([]byte, error) {
	var b bytes.Buffer
	if err := f.Write(&b, r); err != nil {
		return nil, fmt.Errorf("write %s: %w", f.Name, err)
	}
	return b.Bytes(), nil
}
