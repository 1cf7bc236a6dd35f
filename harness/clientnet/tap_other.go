//go:build !linux

package clientnet

import "errors"

// Tap listens to all that passes an interface of the site. Only Linux has it.
type Tap struct{}

func newTap(string) (*Tap, error) { return nil, errors.ErrUnsupported }

// Close ends the tap.
func (t *Tap) Close() error { return nil }

// Mark returns a mark for Since.
func (t *Tap) Mark() (mark int, err error) { return 0, errors.ErrUnsupported }

// Since tells what passed, since the mark, of the request with the nonce.
func (t *Tap) Since(int, string) (TapRecord, error) { return TapRecord{}, errors.ErrUnsupported }
