//go:build !linux

package world

// adopt does nothing: only Linux lets a process adopt others. A gateway that becomes a daemon outlives its world.
func adopt() {}

// endAdopted does nothing.
func endAdopted() {}
