package gateway

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// watcher is the descriptor of the socket to who watches.
const watcher = 3

// legacyOpen is the number of open(2), which only older architectures have: of others that of openat(2) again.
var legacyOpen = map[string]int32{"amd64": 2, "arm64": unix.SYS_OPENAT}[runtime.GOARCH]

// becomeWatched puts this thread's openings of files under watch, sends whom the kernel asks to the watcher, and becomes the command: args are its path and its
// words. Where it cannot be watched, the watcher learns why.
func becomeWatched(args []string) int {
	runtime.LockOSThread() // The thread that becomes the command is the one that is watched.
	listener, err := watchThread()
	rights := []byte(nil)
	why := ""
	if err == nil {
		rights = unix.UnixRights(listener)
	} else {
		why = err.Error()
	}
	if err := unix.Sendmsg(watcher, append([]byte(why), '\n'), rights, nil, 0); err != nil {
		fmt.Fprintf(os.Stderr, "gatequake: send whom the kernel asks: %v\n", err)
		return 1
	}
	_ = unix.Close(watcher)
	err = unix.Exec(args[0], args[1:], os.Environ())
	fmt.Fprintf(os.Stderr, "gatequake: start %s: %v\n", args[0], err)
	return 1
}

// watchThread makes the kernel ask about every opening of a file by this thread, and by all that it starts.
func watchThread() (listener int, err error) {
	const (
		number, architecture = 0, 4 // places in struct seccomp_data
		load                 = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal                = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		end                  = unix.BPF_RET | unix.BPF_K
	)
	native := map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]
	if native == 0 {
		return -1, fmt.Errorf("no filter for %s", runtime.GOARCH)
	}
	program := []unix.SockFilter{
		{Code: load, K: architecture},
		{Code: equal, K: native, Jf: 4},
		{Code: load, K: number},
		{Code: equal, K: unix.SYS_OPENAT, Jt: 1},
		{Code: equal, K: uint32(legacyOpen), Jf: 1},
		{Code: end, K: unix.SECCOMP_RET_USER_NOTIF},
		{Code: end, K: unix.SECCOMP_RET_ALLOW},
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	fd, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER, uintptr(unsafe.Pointer(&filter)))
	if e != 0 {
		return -1, fmt.Errorf("seccomp: %w", e)
	}
	return int(fd), nil
}
