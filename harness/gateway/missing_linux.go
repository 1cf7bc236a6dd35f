package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
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

// MissingFiles notes the files that a command, and all that it starts, opens or asks about and that are not there, and
// the folders that are not there in which it makes something. The kernel asks about each such call before it is made
// (seccomp_unotify(2)), which costs some microseconds, works for every program however it was linked, and changes
// nothing: each is let through.
type MissingFiles struct {
	// Why tells why nothing is noted; nil if it is.
	Why error

	mu                          sync.Mutex
	paths, asked, folders, logs []string
}

// maxMissing bounds what is noted, in each list: an interpreter asks for a thousand files in vain before it begins.
const maxMissing = 4096

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

// call is what one of the kernel's calls does with a path.
type call int

const (
	opens  call = iota // it opens a file
	asks               // it asks about one
	makes              // it makes a folder
	enters             // it goes into one
)

// atCalls are the calls that take a folder and a path, and calls those that take a path alone, most of which only
// older architectures have: open, stat, lstat, access, chdir, mkdir, readlink, chroot.
var (
	atCalls = map[int32]call{
		unix.SYS_OPENAT: opens, unix.SYS_STATX: asks, unix.SYS_FACCESSAT: asks, unix.SYS_FACCESSAT2: asks,
		unix.SYS_READLINKAT: asks, unix.SYS_MKDIRAT: makes, fstatat[runtime.GOARCH]: asks,
	}
	fstatat = map[string]int32{"amd64": 262, "arm64": 79}
	calls   = map[string]map[int32]call{
		"amd64": {2: opens, 4: asks, 6: asks, 21: asks, 80: enters, 83: makes, 89: asks, 161: enters},
		"arm64": {49: enters, 51: enters},
	}[runtime.GOARCH]
)

// openings is a filter that makes the kernel ask about every such call. What calls by another architecture's numbers
// is not asked about.
func openings() []bpf.Instruction {
	const number = 0 // place in struct seccomp_data; seccomp(2)
	all := []bpf.Instruction{bpf.LoadAbsolute{Off: number, Size: 4}}
	numbers := slices.AppendSeq(slices.Collect(maps.Keys(atCalls)), maps.Keys(calls))
	for _, n := range slices.Sorted(slices.Values(numbers)) {
		all = append(all, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(n), SkipTrue: 1},
			bpf.RetConstant{Val: unix.SECCOMP_RET_USER_NOTIF})
	}
	return append(all, bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW})
}

// Paths lists the files that were opened and not there, each once, in the order of the first time.
func (a *MissingFiles) Paths() []string { return a.copied(&a.paths) }

// Asked lists the files that were asked about and not there.
func (a *MissingFiles) Asked() []string { return a.copied(&a.asked) }

// Folders lists the folders that were not there and in which something was to be made.
func (a *MissingFiles) Folders() []string { return a.copied(&a.folders) }

// Logs lists the files that were opened to append to.
func (a *MissingFiles) Logs() []string { return a.copied(&a.logs) }

func (a *MissingFiles) copied(list *[]string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(*list)
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

// look notes what the call is about if it is not there.
func (a *MissingFiles) look(n notification) {
	const here = int32(unix.AT_FDCWD)
	dir, at, flags := int32(n.arguments[0]), n.arguments[1], n.arguments[2]
	does, whole := atCalls[n.call]
	if !whole {
		dir, at, flags, does = here, n.arguments[0], n.arguments[1], calls[n.call]
	}
	path := textAt(n.pid, at)
	if path == "" {
		return
	}
	base := fmt.Sprintf("/proc/%d/cwd", n.pid)
	if dir != here {
		base = fmt.Sprintf("/proc/%d/fd/%d", n.pid, dir)
	}
	if folder, err := os.Readlink(base); !filepath.IsAbs(path) && err == nil {
		path = strings.TrimSuffix(folder, "/") + "/" + path
	}
	missing := func(path string) bool {
		_, err := os.Stat(filepath.Join(fmt.Sprintf("/proc/%d/root", n.pid), path))
		return errors.Is(err, fs.ErrNotExist)
	}
	switch folder := filepath.Dir(filepath.Clean(path)); {
	case does == opens && flags&unix.O_APPEND != 0 && flags&unix.O_ACCMODE != unix.O_RDONLY && !missing(folder):
		a.note(&a.logs, filepath.Clean(path))
	case does == makes || does == opens && flags&unix.O_CREAT != 0:
		if missing(folder) {
			a.note(&a.folders, folder)
		}
	case missing(path):
		if does == enters || does == opens && flags&unix.O_DIRECTORY != 0 || strings.HasSuffix(path, "/") {
			a.note(&a.folders, filepath.Clean(path))
			return
		}
		list := &a.paths
		if does == asks {
			list = &a.asked
		}
		a.note(list, filepath.Clean(path))
	}
}

// note adds the path to the list, once.
func (a *MissingFiles) note(list *[]string, path string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(*list) < maxMissing && !slices.Contains(*list, path) {
		*list = append(*list, path)
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
