//go:build !linux

package upstream

import (
	"errors"
	"fmt"
)

// FullQueue returns a Port whose accept queue is full. Only Linux: elsewhere the length of a queue cannot be
// read, and overflow is answered otherwise.
func FullQueue(string) (*Port, error) {
	return nil, fmt.Errorf("fill accept queue: only Linux leaves SYNs to a full queue unanswered: %w",
		errors.ErrUnsupported)
}
