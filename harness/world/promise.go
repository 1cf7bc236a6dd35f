package world

import (
	"context"
	"encoding/json"
	"fmt"
)

// Promise is something that a world keeps from reaching the machine, and whether it does so here.
type Promise struct {
	// About says in plain words what is promised.
	About string `json:"about"`
	// Broken is what was possible all the same; empty when the promise holds.
	Broken string `json:"broken,omitempty"`
}

// promisesRole is the role of a process that enters a world to have a process of its own try each promise.
const promisesRole = "promises"

// Promises makes a world of the mode, starts a process in it as a gateway is started, and lets it try to break each
// promise. Portable worlds promise nothing.
func Promises(ctx context.Context, mode Mode) ([]Promise, error) { return promisesWithout(ctx, mode) }

// promisesWithout is Promises in a world that leaves out steps.
func promisesWithout(ctx context.Context, mode Mode, steps ...Step) ([]Promise, error) {
	if mode == Portable {
		return nil, nil
	}
	kept := []Promise{}
	if err := Run(ctx, Options{Mode: mode, role: promisesRole, without: steps}, struct{}{}, &kept); err != nil {
		return nil, fmt.Errorf("try what a world keeps inside: %w", err)
	}
	return kept, nil
}

func playPromises([]string) int {
	Serve(func(ctx context.Context, w *World, _ json.RawMessage) (any, error) { return w.tryPromises(ctx) })
	return 0
}
