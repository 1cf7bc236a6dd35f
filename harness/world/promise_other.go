//go:build !linux

package world

import (
	"context"
	"errors"
)

func (w *World) tryPromises(context.Context) ([]Promise, error) { return nil, errors.ErrUnsupported }
