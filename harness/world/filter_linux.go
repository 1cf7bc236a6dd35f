package world

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// families are those of sockets that a network namespace holds, and that gateways use.
var families = []uint32{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK, unix.AF_PACKET}

// protocols are those of netlink that a network namespace holds, and that gateways use.
var protocols = []uint32{unix.NETLINK_ROUTE, unix.NETLINK_SOCK_DIAG, unix.NETLINK_NETFILTER, unix.NETLINK_GENERIC}

// audit is how the kernel tells the native system calls from those of other architectures that the processor can run.
var audit = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]

// rules are what becomes of the system calls of a process: a seccomp filter in the making. What no rule refuses, the
// next one looks at, and what none refuses, is done.
type rules []bpf.Instruction

// filterCalls refuses, in what this thread starts, system calls by which a process would get around its namespaces.
func filterCalls() error {
	r := rules{}
	for _, rule := range []struct {
		step Step
		add  func(*rules)
	}{
		{StepNativeCalls, (*rules).nativeOnly},
		{StepUserNamespaces, (*rules).noUserNamespaces},
		{StepKeys, (*rules).noKeys},
		{StepFamilies, (*rules).noOtherSockets},
		{StepNetlink, (*rules).noOtherNetlink},
		{StepBPF, (*rules).noBPF},
		{StepCores, (*rules).noOtherCores},
	} {
		if takes(confined.without, rule.step) {
			rule.add(&r)
		}
	}
	_, err := Filter(0, append(r, bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW})...)
	return err
}

// Places in struct seccomp_data (seccomp(2)), and the bit of x32's numbers, on amd64.
const (
	numberAt, architectureAt, argumentsAt, argumentSize = 0, 4, 16, 8
	foreignBit                                          = 1 << 30
)

// argument loads the lower half of a call's argument, counted from 0: all of a number that is an int to the kernel.
func argument(n uint32) bpf.Instruction {
	return bpf.LoadAbsolute{Off: argumentsAt + argumentSize*n, Size: 4}
}

// upper loads the upper half.
func upper(n uint32) bpf.Instruction {
	return bpf.LoadAbsolute{Off: argumentsAt + argumentSize*n + 4, Size: 4}
}

// refuse ends a call with the error; 0 tells the process that it is done.
func refuse(e unix.Errno) bpf.Instruction {
	return bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(e)}
}

// unless refuses what was loaded and is none of these.
func unless(all []uint32, refusal bpf.Instruction) (then []bpf.Instruction) {
	for i, v := range all {
		then = append(then, bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipTrue: uint8(len(all) - i)})
	}
	return append(then, refusal)
}

// call adds what becomes of the calls with the number.
func (r *rules) call(nr uintptr, then ...bpf.Instruction) {
	*r = append(*r, bpf.LoadAbsolute{Off: numberAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(nr), SkipTrue: uint8(len(then))})
	*r = append(*r, then...)
}

func (r *rules) nativeOnly() {
	*r = append(*r,
		bpf.LoadAbsolute{Off: architectureAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: audit, SkipTrue: 1},
		refuse(unix.ENOSYS),
		bpf.LoadAbsolute{Off: numberAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: foreignBit, SkipFalse: 1},
		refuse(unix.ENOSYS),
	)
}

func (r *rules) noUserNamespaces() {
	for _, nr := range []uintptr{unix.SYS_UNSHARE, unix.SYS_CLONE} {
		r.call(nr, argument(0), bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.CLONE_NEWUSER, SkipFalse: 1},
			refuse(unix.EPERM))
	}
	// Its flags are in memory, where no filter sees them; C libraries fall back to clone.
	r.call(unix.SYS_CLONE3, refuse(unix.ENOSYS))
}

func (r *rules) noKeys() {
	for _, nr := range []uintptr{unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL} {
		r.call(nr, refuse(unix.EPERM))
	}
}

// noBPF refuses what capabilities do not: a map that the machine has given a path (in /sys/fs/bpf) is opened, and then
// written, by whoever the file's mode lets, even where its file system can be read only.
func (r *rules) noBPF() { r.call(unix.SYS_BPF, refuse(unix.EPERM)) }

// makers are the calls that make sockets, whose arguments are the family, the type and the protocol.
var makers = []uintptr{unix.SYS_SOCKET, unix.SYS_SOCKETPAIR}

func (r *rules) noOtherSockets() {
	for _, nr := range makers {
		r.call(nr, append([]bpf.Instruction{argument(0)}, unless(families, refuse(unix.EAFNOSUPPORT))...)...)
	}
	// It makes sockets, too, and no filter sees what is asked of it.
	r.call(unix.SYS_IO_URING_SETUP, refuse(unix.ENOSYS))
}

func (r *rules) noOtherNetlink() {
	then := append([]bpf.Instruction{argument(2)}, unless(protocols, refuse(unix.EPROTONOSUPPORT))...)
	for _, nr := range makers {
		of := []bpf.Instruction{argument(0), bpf.JumpIf{
			Cond: bpf.JumpEqual, Val: unix.AF_NETLINK,
			SkipFalse: uint8(len(then)),
		}}
		r.call(nr, append(of, then...)...)
	}
}

// noOtherCores keeps the limit that noCores has set: any other, and 0 too, has the kernel start the machine's
// program. A server that sets it (nginx's worker_rlimit_core), or a script (ulimit -c 0), goes on as if it had.
func (r *rules) noOtherCores() {
	done := refuse(0)
	r.call(unix.SYS_SETRLIMIT, argument(0), bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.RLIMIT_CORE, SkipFalse: 1}, done)
	r.call(unix.SYS_PRLIMIT64, argument(1), bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.RLIMIT_CORE, SkipFalse: 5},
		// With no new limit, a null pointer, it asks for the one that there is.
		argument(2), bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0, SkipTrue: 2},
		upper(2), bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0, SkipTrue: 1}, done)
}

// Filter puts this thread, and all that it starts, under a seccomp filter. The caller has locked the thread, and has
// CAP_SYS_ADMIN where no_new_privs is not set. With SECCOMP_FILTER_FLAG_NEW_LISTENER it returns the descriptor by which
// the kernel asks.
func Filter(flags uintptr, program ...bpf.Instruction) (listener int, err error) {
	raw, err := bpf.Assemble(program)
	if err != nil {
		return -1, fmt.Errorf("seccomp: %w", err)
	}
	filter := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		filter[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	all := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	fd, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&all)))
	if e != 0 {
		return -1, fmt.Errorf("seccomp: %w", e)
	}
	return int(fd), nil
}
