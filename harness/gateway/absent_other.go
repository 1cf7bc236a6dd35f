//go:build !linux

package gateway

import (
	"context"
	"errors"
	"os/exec"
)

// Absent notes the files that a command opens and that are not there, on Linux.
type Absent struct {
	// Why tells why nothing is noted; nil if it is.
	Why error
}

func watched(argv []string) (*exec.Cmd, *Absent) {
	return command(context.Background(), argv), &Absent{Why: errors.ErrUnsupported}
}

func (a *Absent) begin() {}

// Paths lists nothing.
func (a *Absent) Paths() []string { return nil }
