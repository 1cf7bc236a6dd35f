//go:build !linux

package survey

import "net"

// transparent listeners are Linux only, as the worlds are that need them.
var transparent net.ListenConfig
