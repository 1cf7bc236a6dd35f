//go:build !linux

package dns

import "net"

// anyIP listens as usual: there are no worlds on this system.
var anyIP net.ListenConfig
