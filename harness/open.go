package harness

import "github.com/gatequake/gatequake/harness/world"

// NewBench sets up the bench of a gateway in a world, by its kind: a known one, or one of the user's own.
func NewBench(w *world.World, s Setup) (*Bench, error) {
	if s.Definition.Own != nil {
		return NewOwn(w, s)
	}
	return NewLab(w, s)
}
