//go:build !linux

package gateway

import "errors"

// Absent notes the files that a command opens and that are not there, on Linux.
type Absent struct {
	// Why tells why nothing is noted; nil if it is.
	Why error
}

func (a *Absent) watch() error { a.Why = errors.ErrUnsupported; return nil }

// Paths lists nothing.
func (a *Absent) Paths() []string { return nil }
