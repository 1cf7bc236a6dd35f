package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/gatequake/gatequake/harness/world"
)

// MissingFiles notes the files that a command, and all that it starts, opens and that are not there. The kernel asks
// about each opening before it is made (seccomp_unotify(2)), which costs some microseconds, works for every
// program however it was linked, and changes nothing: each is let through.
type MissingFiles struct {
	// Why tells why nothing is noted; nil if it is.
	Why error

	mu    sync.Mutex
	paths []string
}

// maxMissing bounds what is noted.
const maxMissing = 256

// watch puts the calling thread's openings of files under watch, and those of all that it starts. The thread must end
// when it has started what is to be watched.
func (a *MissingFiles) watch() error {
	listener, err := world.Filter(unix.SECCOMP_FILTER_FLAG_NEW_LISTENER, openings()...)
	if err != nil {
		a.Why = fmt.Errorf("watch for absent files: %w", err)
		return nil // What is not watched is started all the same.
	}
	go a.answer(listener)
	return nil
}

// legacyOpen is the number of open(2), which only older architectures have: of others that of openat(2) again.
var legacyOpen = map[string]int32{"amd64": 2, "arm64": unix.SYS_OPENAT}[runtime.GOARCH]

// openings is a filter that makes the kernel ask about every opening of a file. What opens by another architecture's
// numbers is not asked about.
func openings() []bpf.Instruction {
	const number = 0 // place in struct seccomp_data; seccomp(2)
	return []bpf.Instruction{
		bpf.LoadAbsolute{Off: number, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.SYS_OPENAT, SkipTrue: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(legacyOpen), SkipTrue: 1},
		bpf.RetConstant{Val: unix.SECCOMP_RET_USER_NOTIF},
		bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW},
	}
}

// Paths lists the files that were opened and not there, each once, in the order of the first time.
func (a *MissingFiles) Paths() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.paths)
}

// notification and response are what the kernel asks and is told: struct seccomp_notif and struct seccomp_notif_resp.
type (
	notification struct {
		id         uint64
		pid, flags uint32
		call       int32
		arch       uint32
		at         uint64
		arguments  [6]uint64
	}
	response struct {
		id           uint64
		value        int64
		error, flags uint32
	}
)

// answer lets everything through, until nobody is left who could ask.
func (a *MissingFiles) answer(listener int) {
	defer func() { _ = unix.Close(listener) }()
	for {
		p := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(p, -1); errors.Is(err, unix.EINTR) {
			continue
		} else if err != nil || p[0].Revents&unix.POLLIN == 0 {
			return
		}
		asked := notification{}
		if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_RECV,
			uintptr(unsafe.Pointer(&asked))); e != 0 {
			continue // Who asked is dead.
		}
		a.look(asked)
		told := response{id: asked.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
		_, _, _ = unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SEND,
			uintptr(unsafe.Pointer(&told)))
	}
}

// look notes the file if it is not there and is not about to be made.
func (a *MissingFiles) look(n notification) {
	const here = int32(unix.AT_FDCWD)
	dir, at, flags := int32(n.arguments[0]), n.arguments[1], n.arguments[2]
	if n.call == legacyOpen && n.call != unix.SYS_OPENAT {
		dir, at, flags = here, n.arguments[0], n.arguments[1]
	}
	path := textAt(n.pid, at)
	if path == "" || flags&unix.O_CREAT != 0 {
		return
	}
	whole, base := path, fmt.Sprintf("/proc/%d/cwd", n.pid)
	if dir != here {
		base = fmt.Sprintf("/proc/%d/fd/%d", n.pid, dir)
	}
	if folder, err := os.Readlink(base); !filepath.IsAbs(path) && err == nil {
		whole = filepath.Join(folder, path)
	}
	if _, err := os.Stat(filepath.Join(fmt.Sprintf("/proc/%d/root", n.pid), whole)); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.paths) < maxMissing && !slices.Contains(a.paths, whole) {
		a.paths = append(a.paths, whole)
	}
}

// textAt reads the string at the address in the process, or "".
func textAt(pid uint32, address uint64) string {
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return ""
	}
	defer func() { _ = memory.Close() }()
	text := make([]byte, unix.PathMax)
	n, _ := memory.ReadAt(text, int64(address)) // Up to the end of what is mapped.
	s, _, ended := strings.Cut(string(text[:n]), "\x00")
	if !ended {
		return ""
	}
	return s
}
