//go:build !linux

package upstream

import (
	"errors"
	"fmt"
	"net"
)

func unacknowledged(*net.TCPConn) (int, error) {
	return 0, fmt.Errorf("count unacknowledged bytes: only Linux has SIOCOUTQ: %w", errors.ErrUnsupported)
}
