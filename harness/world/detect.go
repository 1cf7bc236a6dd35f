package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/gatequake/gatequake/harness/self"
)

// Ability is what Detect found out about one mode on this machine.
type Ability struct {
	Mode Mode
	// Err is why the mode does not work here; nil if it does.
	Err error
	// Lacks holds the needs that a world of this mode cannot meet, with the reason.
	Lacks map[Need]string
	// Entry is how long it took to make the world and hear from its first process, process start included.
	Entry time.Duration
}

// probeTimeout is generous for something that takes about 10 ms: a machine so loaded that it takes longer is not
// one to run experiments on.
const probeTimeout = 20 * time.Second

// Abilities tries every mode for real, strongest first. Each attempt makes a world and ends it.
func Abilities(ctx context.Context) []Ability {
	abilities := []Ability{}
	for _, mode := range []Mode{Root, User, Portable} {
		abilities = append(abilities, try(ctx, mode))
	}
	return abilities
}

var detected struct {
	once sync.Once
	mode Mode
	err  error
}

// Detect returns the strongest mode that works on this machine. It tries once per process and remembers.
func Detect() (Mode, error) {
	detected.once.Do(func() {
		for _, mode := range []Mode{Root, User, Portable} {
			a := try(context.Background(), mode)
			if a.Err == nil {
				detected.mode, detected.err = mode, nil
				return
			}
			detected.err = errors.Join(detected.err, fmt.Errorf("detect world: %s: %w", mode, a.Err))
		}
	})
	return detected.mode, detected.err
}

func (m Mode) resolve() (Mode, error) {
	if m != Auto {
		return m, nil
	}
	return Detect()
}

// probeRole is the role of a process that enters a world only to tell what it is like.
const probeRole = "probe"

func init() { self.Role(probeRole, playProbe) }

func playProbe([]string) int {
	Serve(func(_ context.Context, w *World, _ json.RawMessage) (any, error) {
		return w.lacks, nil
	})
	return 0
}

func try(ctx context.Context, mode Mode) Ability {
	a := Ability{Mode: mode}
	if mode == Root && os.Geteuid() != 0 {
		a.Err = fmt.Errorf("needs root; this is uid %d", os.Geteuid())
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	begin := time.Now()
	a.Err = Run(ctx, Options{Mode: mode, role: probeRole}, struct{}{}, &a.Lacks)
	a.Entry = time.Since(begin)
	return a
}
