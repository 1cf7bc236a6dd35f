package faults

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// nobody is the user and the group without rights, by the number that Linux has for users it cannot name
// (/proc/sys/kernel/overflowuid).
const nobody = 65534

// dialAsNobody connects to the socket at path with nobody's rights, if this process is root; otherwise it has no
// more rights than a gateway.
func dialAsNobody(path string) error {
	if os.Geteuid() != 0 {
		return dialUnix(path)
	}
	// The rights over files are the thread's own, the privilege to ignore modes among them (capabilities(7)).
	// They are taken back, as the thread must not end: a gateway that was started on it would get the signal of
	// its parent's death.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := become(nobody); err != nil {
		return errors.Join(err, become(0))
	}
	return errors.Join(connect(path), become(0))
}

// become makes id the user and the group by whose rights the thread uses files.
func become(id int) error {
	if err := unix.Setfsgid(id); err != nil {
		return fmt.Errorf("set group: %w", err)
	}
	if err := unix.Setfsuid(id); err != nil {
		return fmt.Errorf("set user: %w", err)
	}
	// The kernel does not say whether it did; it tells who one was, and takes no other name for -1.
	if now, err := unix.SetfsuidRetUid(-1); err != nil || now != id {
		return fmt.Errorf("set user: got %d (%w), want %d", now, err, id)
	}
	return nil
}

// connect is net.Dial without its goroutines: it stays on this thread.
func connect(path string) error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	return unix.Connect(fd, &unix.SockaddrUnix{Name: path})
}
