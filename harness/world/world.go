// Package world enters the sealed namespaces in which one experiment runs.
//
//	parent (CLI, Ginkgo) ──request──> child = PID 1 of fresh network, PID and mount namespaces ──answer──> parent
//
// The parent never moves: Run starts this binary again as the first process of a world and waits for its answer
// on an inherited pipe. In the world every IPv4 and IPv6 address is local, every port is free, resolv.conf and
// hosts are made for it, and the kernel ends every process when the first one ends, for whatever reason. Where
// namespaces are refused, portable mode runs the same child on plain loopback, and says what it lacks.
package world

import (
	"fmt"
	"os"
)

// Mode is the way in which a world is made. The zero value, Auto, takes the strongest that the machine allows.
type Mode string

// The modes, from strongest to weakest.
const (
	// Auto stands for the strongest mode that Detect finds.
	Auto Mode = ""
	// Root makes network, PID and mount namespaces with the privileges of the caller: a gateway can still drop
	// to another user.
	Root Mode = "root"
	// User adds a user namespace that maps only the caller's own uid and gid, with ambient capabilities; no
	// privilege is needed.
	User Mode = "user"
	// Portable makes no namespaces: plain loopback and free ports.
	Portable Mode = "portable"
	// Remote is no world: the gateway runs already, and nothing of its machine is the harness's.
	Remote Mode = "elsewhere"
)

// World is the inside of a world, as its first process sees it.
type World struct {
	// Mode tells how the world was made; never Auto.
	Mode Mode
	// Dir is a folder of the world's own, readable by every user in it. It vanishes with the world.
	Dir string
	// machine is the gateway's own, if it has one.
	machine *Machine
	// lacks holds, for each need that this world cannot meet, the reason.
	lacks map[Need]string
	// readOnlyFolders are folders that could not be covered; see Bare.
	readOnlyFolders []string
	// parent are the namespaces in which the parent lives.
	parent namespaces
	// without are the steps of the boundary that are left out.
	without []Step
}

// Outside is what stands for a world where there is none. It lacks all that portable worlds lack.
func Outside() *World { return &World{Mode: Remote, lacks: portableLacks()} }

// Sealed reports whether the world has namespaces of its own: any address, any port, own names, a real firewall.
func (w *World) Sealed() bool { return w.Mode == Root || w.Mode == User }

// Lacks returns why the world cannot meet the need, or "" if it can.
func (w *World) Lacks(n Need) string { return w.lacks[n] }

// ReadOnlyFolders lists the folders of the machine that could not be covered: in the world they can be read only.
func (w *World) ReadOnlyFolders() []string { return w.readOnlyFolders }

// enter turns the calling process, started by Run, into the first process of its world.
func enter(mode Mode, t task) (*World, error) {
	w := &World{Mode: mode, Dir: t.Dir, lacks: map[Need]string{}}
	if !w.Sealed() {
		w.lacks = portableLacks()
		if err := os.Mkdir(t.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("enter world: %w", err)
		}
		return w, nil
	}
	if mode == User {
		w.lacks[FileModes] = "a gateway in a world made without root may read every file (CAP_DAC_OVERRIDE; see " +
			"ambient)"
	}
	if err := w.seal(t); err != nil {
		return nil, fmt.Errorf("enter world: %w", err)
	}
	return w, os.Chmod(w.Dir, 0o755) // The gateway's workers, another user, must be able to read it.
}
