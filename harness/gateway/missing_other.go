//go:build !linux

package gateway

import "errors"

// MissingFiles notes the files that a command opens and that are not there, on Linux.
type MissingFiles struct {
	// Why tells why nothing is noted; nil if it is.
	Why error
}

func (a *MissingFiles) watch() error { a.Why = errors.ErrUnsupported; return nil }

// Paths lists nothing.
func (a *MissingFiles) Paths() []string { return nil }

// Asked lists nothing.
func (a *MissingFiles) Asked() []string { return nil }

// Folders lists nothing.
func (a *MissingFiles) Folders() []string { return nil }

// Logs lists nothing.
func (a *MissingFiles) Logs() []string { return nil }
