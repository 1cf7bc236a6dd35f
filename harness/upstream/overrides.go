package upstream

import (
	"slices"
	"sync"
)

// overrides is a pile of values of which the last one counts, and any one can be taken back. The zero value is empty.
type overrides[T any] struct {
	mu   sync.Mutex
	pile []*T
}

// push puts value on top; undo removes it wherever it lies by then, once.
func (o *overrides[T]) push(value T) (undo func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	own := &value
	o.pile = append(o.pile, own)
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.pile = slices.DeleteFunc(o.pile, func(other *T) bool { return other == own })
	}
}

// top returns the value that counts, and whether there is one.
func (o *overrides[T]) top() (value T, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.pile) == 0 {
		return value, false
	}
	return *o.pile[len(o.pile)-1], true
}
