package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/yamldoc"
)

// Fixes are changes of a gateway's configuration that mend what clients suffer, for people who have a configuration of
// their own: the file fixes.yaml of its folder. Each was seen to help: TestFixes runs Try without it and with it.
type Fixes struct {
	// Try is a configuration that lacks them all.
	Try Try `yaml:"try"`
	// Fixes are the changes.
	Fixes []Fix `yaml:"fixes"`
}

// Try is a gateway of a user's own, to be surveyed and tried as such.
type Try struct {
	// Command starts it. @DIR@ is the folder that has Files, by name. Where a fix goes into a file, @NAME@ stands, with
	// the fix's place for NAME.
	Command []string          `yaml:"command"`
	Files   map[string]string `yaml:"files"`
}

// Fix is one change.
type Fix struct {
	// Directive is the word by which the change is found in a configuration.
	Directive string `yaml:"directive"`
	// Breaks are the checks that fail without the change, one at least, and Cures the experiments in which they do, and
	// in which with the change nothing fails, or nothing that does as much harm: one with a state (sheds-503@balanced) in
	// that, one without in all.
	Breaks []string `yaml:"breaks"`
	Cures  []string `yaml:"cures"`
	// Speaks is what is spoken to the upstreams that it is for, as the file of a gateway says it (Upstream.Speaks); empty
	// for all of which no other fix says so.
	Speaks string `yaml:"speaks"`
	// Says tells in a sentence what is wrong without it, and Link where its vendor documents it.
	Says string `yaml:"says"`
	Link string `yaml:"link"`
	// Place is where the change goes, in words, and At the name of that place in Try.
	Place string `yaml:"place"`
	At    string `yaml:"at"`
	// Snippet is the text to put there, and Instead what stands there without the change; mostly nothing.
	Snippet string `yaml:"snippet"`
	Instead string `yaml:"instead"`
}

// loadFixes reads the folder's fixes.yaml. Without one there are none.
func loadFixes(files fs.FS, folder string) (Fixes, error) {
	all, file := Fixes{}, path.Join(folder, "fixes.yaml")
	text, err := foreign.ReadIn(files, file, foreign.MostWritten)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return all, fmt.Errorf("read %s: %w", file, err)
	}
	if _, err := yamldoc.Read(file, text, &all, "changes that help: try, fixes"); err != nil {
		return all, fmt.Errorf("read %w", err)
	}
	for _, f := range all.Fixes {
		for what, there := range map[string]bool{
			"directive": f.Directive != "", "breaks": len(f.Breaks) > 0, "cures": len(f.Cures) > 0, "says": f.Says != "",
			"link": f.Link != "", "place": f.Place != "", "at": f.At != "", "snippet": f.Snippet != "",
		} {
			if !there {
				return all, fmt.Errorf("read %s: fix %q: got no %s, want one", file, f.Directive, what)
			}
		}
	}
	return all, nil
}
