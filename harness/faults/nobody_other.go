//go:build !linux

package faults

// dialAsNobody connects to the socket at path. Only Linux gives a thread rights of its own; elsewhere worlds are
// portable, and not root's.
func dialAsNobody(path string) error { return dialUnix(path) }
