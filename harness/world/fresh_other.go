//go:build !linux

package world

import "fmt"

// namespaces identify those of a process. Only Linux has them.
type namespaces struct{}

func ourNamespaces() (namespaces, error) { return namespaces{}, nil }

// fresh returns an error unless a world of the mode may be set up around this process.
func fresh(mode Mode, _ namespaces) error {
	if mode != Portable {
		return fmt.Errorf("there is no mode %q on this system", mode)
	}
	return nil
}
