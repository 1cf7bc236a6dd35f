package world

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOutOfDescriptorsIsAnError lets a world be started with fewer and fewer descriptors left for it: each step
// of the start fails once.
func TestOutOfDescriptorsIsAnError(t *testing.T) {
	next, err := os.Open(os.DevNull) // Its number is the lowest that is free.
	if err != nil {
		t.Fatal(err)
	}
	free := next.Fd()
	_ = next.Close()
	var had unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &had); err != nil {
		t.Fatal(err)
	}
	mode := working(t)[0]
	const most = 16 // More than a start takes at a time.
	for left := range uint64(most) {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(free) + left, Max: had.Max}); err != nil {
			t.Fatal(err)
		}
		_, ran := play(t, mode, "pid")
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &had); err != nil {
			t.Fatal(err)
		}
		if left == 0 && !errors.Is(ran, syscall.EMFILE) ||
			ran != nil && !strings.Contains(ran.Error(), syscall.EMFILE.Error()) {
			t.Errorf("%d descriptors left: got %v, want EMFILE, or a world if that is enough", left, ran)
		}
	}
	// Not with the last of so few: Go 1.26 keeps a pipe open of each start in a user namespace whose clone fails
	// (syscall, forkAndExecInChild), which is not the world's doing.
	if _, err := play(t, mode, "pid"); err != nil {
		t.Errorf("with descriptors again: got %v, want a world", err)
	}
}
