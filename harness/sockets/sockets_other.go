//go:build !linux

package sockets

import "errors"

// TCP lists the TCP sockets of the family. Only Linux has it.
func TCP(Family) ([]Socket, error) { return nil, errors.ErrUnsupported }

// UDP lists the UDP sockets of the family. Only Linux has it.
func UDP(Family) ([]Socket, error) { return nil, errors.ErrUnsupported }
