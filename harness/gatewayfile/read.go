package gatewayfile

import (
	"fmt"
	"path/filepath"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/gateway"
)

// Read reads a file that describes a gateway of the user's own; gatequake survey writes such files. The gateway is
// started in the folder dir, and what is relative, the file's path included, is relative to that: as in a shell in
// that folder.
func Read(dir, file string) (gateway.Own, error) {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, file)
	}
	text, err := foreign.Read(path, foreign.MostWritten)
	if err != nil {
		return gateway.Own{}, err
	}
	own, err := Parse(file, text)
	if err != nil {
		return own, err
	}
	if own.Dir, err = filepath.Abs(dir); err != nil {
		return own, err
	}
	if err := own.Missing(); err != nil {
		return own, fmt.Errorf("%s: command: %w", file, err)
	}
	return own, nil
}
