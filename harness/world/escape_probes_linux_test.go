package world

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// probes are the ways out of a world that are tried. All are harmless where they lead out: what is written is the
// value that was there, what is made is removed, and what cannot be undone (the clock, a reboot) is asked for in a
// way that the kernel refuses, but only after it has looked whether the process may.
var probes = slices.Concat(
	networkProbes, fileProbes, mountProbes, processProbes, ipcProbes, kernelProbes, resourceProbes,
)

// kernelOnly are the steps by which only the capability stands between a process and the kernel.
var kernelOnly = []Step{StepCapabilities}

var networkProbes = []probe{
	{name: "tcp", steps: []Step{StepNetwork}, seen: true, inside: func(m reach, own string) error {
		return sendTo("tcp", m.TCP, m.payload(own))
	}},
	{name: "tcp-ipv6", steps: []Step{StepNetwork}, seen: true, inside: func(m reach, own string) error {
		if m.TCP6 == "" {
			return notHere{errors.New("the machine has no IPv6")}
		}
		return sendTo("tcp", m.TCP6, m.payload(own))
	}},
	{name: "udp", steps: []Step{StepNetwork}, seen: true, inside: func(m reach, own string) error {
		return sendTo("udp", m.UDP, m.payload(own))
	}},
	{name: "raw-ip", steps: []Step{StepNetwork}, seen: true, inside: rawIP},
	{name: "raw-frame", steps: []Step{StepNetwork}, seen: true, inside: rawFrame},
	{name: "route", steps: []Step{StepNetwork}, seen: true, inside: addRoute, outside: hasRoute},
	{name: "network-by-file", steps: []Step{StepNamespaceFiles}, inside: wireTo},
	{name: "unix-stream", steps: []Step{StepRoot}, seen: true, inside: func(m reach, own string) error {
		return each(m.Stream, func(at string) error { return sendTo("unix", at, m.payload(own)) })
	}},
	{name: "unix-datagram", steps: []Step{StepRoot}, seen: true, inside: func(m reach, own string) error {
		return each(m.Gram, func(at string) error { return sendTo("unixgram", at, m.payload(own)) })
	}},
	{name: "unix-abstract", steps: []Step{StepNetwork}, seen: true, inside: func(m reach, own string) error {
		return sendTo("unix", m.Abstract, m.payload(own))
	}},
	{name: "named-pipe", steps: []Step{StepRoot}, seen: true, inside: namedPipe},
	family("vsock", unix.AF_VSOCK, unix.SOCK_STREAM, 0),
	family("bluetooth", unix.AF_BLUETOOTH, unix.SOCK_RAW, 1),
	family("alg", unix.AF_ALG, unix.SOCK_SEQPACKET, 0),
	family("tipc", unix.AF_TIPC, unix.SOCK_SEQPACKET, 0),
	family("can", unix.AF_CAN, unix.SOCK_RAW, 1),
	family("xdp", unix.AF_XDP, unix.SOCK_RAW, 0),
	{name: "family-any", steps: []Step{StepFamilies}, inside: anyFamily},
	netlinkOf("netlink-crypto", unix.NETLINK_CRYPTO),
	netlinkOf("netlink-rdma", unix.NETLINK_RDMA),
	{name: "netlink-any", steps: []Step{StepNetlink}, inside: anyNetlink},
	{name: "vsock-by-ring", steps: []Step{StepFamilies}, inside: func(reach, string) error {
		return ringSocket(unix.AF_VSOCK)
	}},
	{name: "vsock-by-32-bit", steps: []Step{StepNativeCalls}, inside: func(m reach, own string) error {
		return socket32(m, own, unix.AF_VSOCK)
	}},
	{name: "vsock-by-x32", steps: []Step{StepNativeCalls}, inside: socketX32},
}

// each does it with all, and succeeds if one did.
func each(all []string, do func(string) error) error {
	if len(all) == 0 {
		return errors.New("there is none")
	}
	errs := []error{}
	for _, one := range all {
		err := do(one)
		if errors.As(err, &gotOut{}) {
			return err
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) < len(all) {
		return nil
	}
	return errors.Join(errs...)
}

// family is a probe that makes a socket of a family that network namespaces do not hold, or that gateways have no use
// for.
func family(name string, domain, kind, protocol int) probe {
	return probe{name: name, steps: []Step{StepFamilies}, inside: func(reach, string) error {
		return makeSocket(domain, kind, protocol)
	}}
}

// netlinkOf is a probe that makes a socket for a protocol of netlink that network namespaces do not hold.
func netlinkOf(name string, protocol int) probe {
	return probe{name: name, steps: []Step{StepNetlink}, inside: func(reach, string) error {
		return makeSocket(unix.AF_NETLINK, unix.SOCK_RAW, protocol)
	}}
}

func makeSocket(domain, kind, protocol int) error {
	fd, err := unix.Socket(domain, kind, protocol)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// anyFamily makes a socket of each family that is not admitted, until it has one: those that every kernel has
// come first, so that no module of the machine's is loaded for another.
func anyFamily(reach, string) error {
	const most = 45 // AF_MCTP, the last that there is.
	all := []uint32{unix.AF_KEY, unix.AF_ALG, unix.AF_VSOCK, unix.AF_XDP}
	for f := range uint32(most + 1) {
		all = append(all, f)
	}
	for _, f := range all {
		if slices.Contains(families, f) {
			continue
		}
		for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM, unix.SOCK_RAW, unix.SOCK_SEQPACKET} {
			if makeSocket(int(f), kind, 0) == nil {
				return gotOut{fmt.Errorf("family %d", f)}
			}
		}
	}
	return errors.New("none can be made")
}

// anyNetlink makes a socket for each protocol of netlink that is not admitted.
func anyNetlink(reach, string) error {
	const most = 31 // MAX_LINKS - 1
	for p := range uint32(most + 1) {
		if !slices.Contains(protocols, p) && makeSocket(unix.AF_NETLINK, unix.SOCK_RAW, int(p)) == nil {
			return gotOut{fmt.Errorf("protocol %d", p)}
		}
	}
	return errors.New("none can be made")
}

// datagram is an IPv4 packet with UDP between the addresses. Its UDP checksum is none (RFC 768).
func datagram(from net.IP, to *net.UDPAddr, payload []byte) []byte {
	const ip, udp = 20, 8
	p := make([]byte, ip+udp, ip+udp+len(payload))
	p = append(p, payload...)
	p[0], p[8], p[9] = 0x45, 64, unix.IPPROTO_UDP
	binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
	copy(p[12:], from.To4())
	copy(p[16:], to.IP.To4())
	binary.BigEndian.PutUint16(p[ip:], 7)
	binary.BigEndian.PutUint16(p[ip+2:], uint16(to.Port))
	binary.BigEndian.PutUint16(p[ip+4:], uint16(udp+len(payload)))
	sum := uint32(0)
	for i := 0; i < ip; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(p[i:]))
	}
	binary.BigEndian.PutUint16(p[10:], ^uint16(sum+sum>>16))
	return p
}

func rawIP(m reach, own string) error {
	to, err := net.ResolveUDPAddr("udp", m.UDP)
	if err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_RAW)
	if err != nil {
		return err
	}
	return unix.Sendto(fd, datagram(to.IP, to, m.payload(own)), 0, &unix.SockaddrInet4{Addr: [4]byte(to.IP.To4())})
}

func rawFrame(m reach, own string) error {
	if m.Frame == "" {
		return notHere{errors.New("the machine has no address but the loopback's")}
	}
	to, err := net.ResolveUDPAddr("udp", m.Frame)
	if err != nil {
		return err
	}
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	const ipv4 = 0x0008 // ETH_P_IP in network order
	packet := datagram(net.IPv4(198, 51, 100, 1), to, m.payload(own))
	return unix.Sendto(fd, packet, 0, &unix.SockaddrLinklayer{Protocol: ipv4, Ifindex: lo.Index, Halen: 6})
}

// odd is a route that no machine has; its metric is the mark's.
func odd(mark string) *netlink.Route {
	n := 0
	for _, c := range mark {
		n = n*7 + int(c)
	}
	return &netlink.Route{
		Dst:  &net.IPNet{IP: net.IPv4(203, 0, 113, 77).To4(), Mask: net.CIDRMask(32, 32)},
		Type: unix.RTN_UNREACHABLE, Priority: n&0xffffff + 1000,
	}
}

func addRoute(m reach, _ string) error { return netlink.RouteAdd(odd(m.Mark)) }

func hasRoute(m *machine) bool {
	want := odd(m.Mark)
	all, _ := netlink.RouteListFiltered(unix.AF_INET, want, netlink.RT_FILTER_DST)
	for _, r := range all {
		if r.Priority == want.Priority {
			_ = netlink.RouteDel(want)
			return true
		}
	}
	return false
}

// wireTo lays a wire into a network of the machine's that has a file.
func wireTo(m reach, _ string) error {
	if m.Network == "" {
		return notHere{errors.New("no network has a file")}
	}
	f, err := os.Open(m.Network)
	if err != nil {
		return err
	}
	defer f.Close()
	link := netlink.NewLinkAttrs()
	link.Name = m.Mark + "in"
	return netlink.LinkAdd(&netlink.Veth{
		LinkAttrs: link, PeerName: m.Mark + "out", PeerNamespace: netlink.NsFd(int(f.Fd())),
	})
}

func namedPipe(m reach, own string) error {
	return each(m.Pipes, func(at string) error {
		f, err := os.OpenFile(at, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = f.Write(m.payload(own))
		return err
	})
}

// ringSocket makes a socket by way of io_uring, which no filter of system calls sees.
func ringSocket(domain int) error {
	// struct io_uring_params, of which are used: the offsets of the two rings, at 40 and 80.
	params := [30]uint32{}
	ring, _, e := unix.Syscall(unix.SYS_IO_URING_SETUP, 4, uintptr(unsafe.Pointer(&params)), 0)
	if e != 0 {
		return fmt.Errorf("io_uring_setup: %w", e)
	}
	defer func() { _ = unix.Close(int(ring)) }()
	mem := func(offset int64) []byte {
		b, err := unix.Mmap(int(ring), offset, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
		if err != nil {
			panic(err)
		}
		return b
	}
	const entries = 0x10000000
	queue, entry := mem(0), mem(entries)
	const opSocket = 45
	entry[0] = opSocket
	binary.NativeEndian.PutUint32(entry[4:], uint32(domain))   // fd: the domain
	binary.NativeEndian.PutUint64(entry[8:], unix.SOCK_STREAM) // off: the type
	tail, array := params[10+1], params[10+6]                  // struct io_sqring_offsets
	binary.NativeEndian.PutUint32(queue[array:], 0)            // The first entry …
	binary.NativeEndian.PutUint32(queue[tail:], 1)             // … is there.
	const wait = 1
	if _, _, e := unix.Syscall6(unix.SYS_IO_URING_ENTER, ring, 1, 1, wait, 0, 0); e != 0 {
		return fmt.Errorf("io_uring_enter: %w", e)
	}
	completion := params[20+5] // cqes of struct io_cqring_offsets
	result := int32(binary.NativeEndian.Uint32(queue[completion+8:]))
	if result < 0 {
		return fmt.Errorf("socket by io_uring: %w", syscall.Errno(-result))
	}
	return nil
}

// socket32 makes a socket in a 32-bit program, whose system calls have other numbers.
func socket32(m reach, own string, domain byte) error {
	if runtime.GOARCH != "amd64" {
		return notHere{errors.New("only the program for 32-bit x86 is at hand")}
	}
	const base, start = 0x08048000, 52 + 32
	code := []byte{
		0xb8, 0x67, 0x01, 0, 0, // mov eax, 359: socket
		0xbb, domain, 0, 0, 0, // mov ebx, domain
		0xb9, unix.SOCK_STREAM, 0, 0, 0, // mov ecx, type
		0x31, 0xd2, // xor edx, edx
		0xcd, 0x80, // int 0x80
		0x89, 0xc3, // mov ebx, eax
		0xb8, 1, 0, 0, 0, // mov eax, 1: exit
		0xcd, 0x80, // int 0x80
		0x0f, 0x0b, // ud2: where no call is let through, it ends here
	}
	size := uint32(start + len(code))
	program := bytes.Buffer{}
	program.Write([]byte{0x7f, 'E', 'L', 'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	for _, v := range []any{
		// Executable, i386; entry, headers.
		[]uint16{2, 3},
		[]uint32{1, base + start, 52, 0, 0},
		[]uint16{52, 32, 1, 0, 0, 0},
		[]uint32{1, 0, base, base, size, size, 5, 4096},
		code, // one segment, to read and execute
	} {
		if err := binary.Write(&program, binary.LittleEndian, v); err != nil {
			return err
		}
	}
	path := m.fresh(os.TempDir(), own)
	defer func() { _ = os.Remove(path) }()
	if err := os.WriteFile(path, program.Bytes(), 0o755); err != nil {
		return err
	}
	err := exec.Command(path).Run()
	ended := &exec.ExitError{}
	switch {
	case errors.As(err, &ended) && ended.Exited() && ended.ExitCode() < 128:
		return nil // The number of the socket's descriptor.
	case errors.Is(err, syscall.ENOEXEC):
		return notHere{err}
	case errors.As(err, &ended) && ended.Exited():
		return fmt.Errorf("socket: %w", syscall.Errno(256-ended.ExitCode()))
	}
	return err
}

func socketX32(reach, string) error {
	if runtime.GOARCH != "amd64" {
		return notHere{errors.New("only amd64 has x32")}
	}
	const x32 = 1 << 30
	fd, _, e := syscall.RawSyscall(x32|unix.SYS_SOCKET, unix.AF_VSOCK, unix.SOCK_STREAM, 0)
	if e != 0 {
		return e
	}
	return unix.Close(int(fd))
}

// tamper is a probe that does something to the file that it has in each of the machine's folders.
func tamper(name string, do func(path string) error) probe {
	return probe{name: name, steps: []Step{StepRoot}, files: true, seen: true, inside: func(m reach, own string) error {
		return each(m.Folders, func(folder string) error { return do(m.victim(folder, own)) })
	}}
}

var fileProbes = []probe{
	tamper("file-write", func(path string) error { return os.WriteFile(path, []byte("tampered"), 0) }),
	tamper("file-truncate", func(path string) error { return os.Truncate(path, 0) }),
	tamper("file-remove", os.Remove),
	tamper("file-rename", func(path string) error { return os.Rename(path, path+"-new") }),
	tamper("file-replace", func(path string) error {
		return errors.Join(os.WriteFile(path+"-new", nil, 0o600), os.Rename(path+"-new", path))
	}),
	tamper("file-hard-link", func(path string) error { return os.Link(path, path+"-new") }),
	tamper("file-symlink", func(path string) error { return os.Symlink(path, path+"-new") }),
	tamper("file-mode", func(path string) error { return os.Chmod(path, 0o4777) }),
	tamper("file-owner", func(path string) error { return os.Chown(path, 1, 1) }),
	tamper("file-time", func(path string) error { return os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)) }),
	tamper("file-attribute", func(path string) error { return unix.Lsetxattr(path, "user.gatequake", []byte("x"), 0) }),
	tamper("file-mapped", func(path string) error {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		b, err := unix.Mmap(int(f.Fd()), 0, len(untouched), unix.PROT_WRITE, unix.MAP_SHARED)
		if err != nil {
			return err
		}
		b[0] = 'X'
		return unix.Munmap(b)
	}),
	{name: "file-make", steps: []Step{StepRoot}, seen: true, inside: func(m reach, own string) error {
		return each(m.Folders, func(folder string) error { return os.WriteFile(m.fresh(folder, own), nil, 0o600) })
	}},
	{name: "folder-make", steps: []Step{StepRoot}, seen: true, inside: func(m reach, own string) error {
		return each(m.Folders, func(folder string) error { return os.Mkdir(m.fresh(folder, own), 0o700) })
	}},
	{name: "file-lock", steps: []Step{StepRoot}, inside: func(m reach, _ string) error {
		return each(m.Locked, meetsLock)
	}},
	{name: "chroot-and-climb", steps: []Step{StepRoot}, seen: true, inside: climb},
	{name: "file-by-handle", steps: kernelOnly, inside: openByHandle},
	{name: "device-of-the-machine", steps: []Step{StepNoDevices}, inside: func(m reach, _ string) error {
		if m.Device == "" {
			return notHere{errors.New("this user cannot have a device")}
		}
		return openDevice(m.Device)
	}},
	{name: "device-made", steps: []Step{StepCapabilities, StepNoDevices}, inside: makeDevice},
	{name: "device-mode", steps: []Step{StepNodes}, inside: func(reach, string) error {
		return each([]string{"/dev/null", "/dev/zero", "/dev/urandom"}, sameMode)
	}},
	{name: "terminals-of-others", steps: []Step{StepDev}, inside: func(reach, string) error {
		all, err := filepath.Glob("/dev/pts/[0-9]*")
		return errors.Join(err, each(all, func(at string) error { return open(at, os.O_RDWR) }))
	}},
	{name: "disk", steps: []Step{StepDev}, inside: func(m reach, _ string) error {
		if m.Disk == "" {
			return notHere{errors.New("there is no disk that this user may read")}
		}
		return open(m.Disk, os.O_RDONLY)
	}},
	{name: "kernel-log-device", steps: []Step{StepDev}, inside: func(reach, string) error {
		return open("/dev/kmsg", os.O_WRONLY)
	}},
	{name: "kernel-memory-device", steps: []Step{StepDev}, inside: func(reach, string) error {
		return each([]string{"/dev/mem", "/dev/kmem", "/dev/port"},
			func(at string) error { return open(at, os.O_RDONLY) })
	}},
}

// open opens and closes it.
func open(path string, flags int) error {
	f, err := os.OpenFile(path, flags|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// sameMode gives what is at the path the mode that it has.
func sameMode(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.Chmod(path, info.Mode())
}

// meetsLock succeeds if the machine's lock on the file is met, of either kind.
func meetsLock(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	l := unix.Flock_t{Type: unix.F_WRLCK}
	if err := unix.FcntlFlock(f.Fd(), unix.F_GETLK, &l); err == nil && l.Type != unix.F_UNLCK {
		return gotOut{errors.New(path)}
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		return gotOut{errors.New(path)}
	}
	return errors.New("it is locked by nobody")
}

// climb leaves a chroot of its own by a folder that it has open, and goes up as far as it can.
func climb(m reach, own string) error {
	at, err := os.Open("/")
	if err != nil {
		return err
	}
	defer at.Close()
	if err := syscall.Chroot(os.TempDir()); err == nil {
		if err := at.Chdir(); err != nil {
			return err
		}
	}
	for range 20 {
		if err := os.Chdir(".."); err != nil {
			return err
		}
	}
	return each(append(m.Folders, "/"), func(folder string) error {
		return os.WriteFile(m.fresh(strings.TrimPrefix(folder, "/"), own), nil, 0o600)
	})
}

func openByHandle(reach, string) error {
	root, err := os.Open("/")
	if err != nil {
		return err
	}
	defer root.Close()
	const inode = 1 // FILEID_INO32_GEN
	handle := unix.NewFileHandle(inode, []byte{2, 0, 0, 0, 0, 0, 0, 0})
	fd, err := unix.OpenByHandleAt(int(root.Fd()), handle, unix.O_RDONLY)
	if err == nil {
		return unix.Close(fd)
	}
	return permitted(err)
}

// permitted tells whether the kernel refuses because the process may not. Any other reason comes after that one.
func permitted(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSYS):
		return notHere{err}
	case errors.Is(err, fs.ErrPermission):
		return err
	}
	return nil
}

func makeDevice(m reach, own string) error {
	const null = 1<<8 | 3
	return each(append([]string{os.TempDir(), "/dev/shm", "/dev", "/"}, m.Folders...), func(folder string) error {
		path := m.fresh(folder, own)
		defer func() { _ = os.Remove(path) }()
		if err := unix.Mknod(path, unix.S_IFCHR|0o666, null); err != nil {
			return err
		}
		return openDevice(path)
	})
}

// openDevice opens a device; a file at its place is none.
func openDevice(path string) error {
	if info, err := os.Stat(path); err != nil || info.Mode()&fs.ModeDevice == 0 {
		return errors.Join(fmt.Errorf("%s is no device", path), err)
	}
	return open(path, os.O_WRONLY)
}
