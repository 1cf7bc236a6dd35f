package world

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/gatequake/gatequake/harness/world/worldtest"
)

// reach is what there is on the machine that nobody in a world may reach; every hostile process is told all of it.
type reach struct {
	// Mark is in the name of everything that belongs to this test, and in everything that is sent.
	Mark string
	// Binary is the path of this very binary.
	Binary string
	// Folders are some in which the machine's user can write. For each probe that asks for it, there is a file in each.
	Folders []string
	// Folder is one of the test's own, among them, with a folder in it that is called as the mark.
	Folder string
	// TCP, TCP6 and UDP have listeners; Frame is UDP's at an address that is no loopback's, empty where there is
	// none. Sockets are Unix ones of both kinds, Abstract is one without a file; Pipes are named pipes that somebody
	// reads.
	TCP, TCP6, UDP, Frame string
	Stream, Gram          []string
	Abstract              string
	Pipes                 []string
	// Device is a device node that lies outside of /dev, Disk is one in it. Empty where the user cannot have any.
	Device, Disk string
	// Program has a capability by its file, and is mounted as one file. Empty where there is none.
	Program string
	// Network is a file that stands for a network namespace. Empty where there is none.
	Network string
	// Parent is the test's process, Canary one that ends by almost every signal.
	Parent, Canary int
	// Key is that of System V objects, Queue the name of a POSIX one.
	Key   int
	Queue string
	// Locked are files of the machine that it has locked.
	Locked []string
	// Hidden says that a part of the machine's /proc is hidden, so that there may be no fresh one.
	Hidden bool
	// Helper is a process of the world that is Gatequake's own.
	Helper int
	// Score is what the kernel thinks of ending the test's process when memory runs out.
	Score int
	// Adjusted is what was added to that by /proc/self/oom_score_adj.
	Adjusted int
}

// machine is the outside: it makes what is to be reached, and looks.
type machine struct {
	reach
	t       *testing.T
	mu      sync.Mutex
	heard   sync.Cond
	arrived map[string]bool // names of the probes of which something arrived
	// senders send through each of the ways that somebody listens at.
	senders      []func([]byte) error
	undo         []func()
	descriptor   string // the file that is open
	segment      []byte
	host, domain string
}

// uncovered is a folder over which no overlay can be laid. Files in it are safe; who listens in it can be reached, as
// boundary.md says.
const uncovered = "/srv/deep"

// untouched is what is in a file that a probe may tamper with.
const untouched = "untouched"

// victim is the file in the folder that is for the probe; fresh one that it may make there.
func (m reach) victim(folder, probe string) string { return filepath.Join(folder, m.Mark+"-"+probe) }
func (m reach) fresh(folder, probe string) string  { return m.victim(folder, probe) + "-new" }

// payload is what a probe sends.
func (m reach) payload(probe string) []byte { return []byte(m.Mark + " " + probe + "\n") }

func newMachine(t *testing.T, chosen []probe) *machine {
	t.Helper()
	m := &machine{t: t, arrived: map[string]bool{}}
	m.heard.L = &m.mu
	m.Mark, m.Parent = "gq"+strings.ToLower(rand.Text()[:10]), os.Getpid()
	m.Binary = must(os.Executable())(t)
	if _, err := os.Stat(worldtest.Binary); err == nil {
		m.Binary = worldtest.Binary
	}
	if _, err := unix.Getxattr(privileged, "security.capability", nil); err == nil {
		m.Program = privileged
	}
	if isNamespace(networkFile) {
		m.Network = networkFile
	}
	m.Folder = must(os.MkdirTemp("", m.Mark))(t)
	m.later(func() { _ = os.RemoveAll(m.Folder) })
	if err := os.Mkdir(filepath.Join(m.Folder, m.Mark), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.end) // Where the test ends early.
	m.makeFolders()
	m.makeVictims(chosen)
	m.lock()
	m.listen()
	m.makeNodes()
	m.bind()
	m.makeObjects()
	m.startCanary()
	_, _ = fmt.Sscan(string(must(os.ReadFile("/proc/self/oom_score"))(t)), &m.Score)
	_, _ = fmt.Sscan(string(must(os.ReadFile("/proc/self/oom_score_adj"))(t)), &m.Adjusted)
	m.Hidden = slices.ContainsFunc(must(mountPoints())(t),
		func(at string) bool { return strings.HasPrefix(at, "/proc/") })
	return m
}

// later has f done when nothing is to be reached any more.
func (m *machine) later(f func()) { m.undo = append(m.undo, f) }

// end takes everything away.
func (m *machine) end() {
	for _, f := range slices.Backward(m.undo) {
		f()
	}
	m.undo = nil
}

// must returns a function that gives the value, or ends the test with the error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// makeFolders finds where the user can write: the root and each top-level folder, and below.
func (m *machine) makeFolders() {
	all := must(os.ReadDir("/"))(m.t)
	candidates := []string{"/", "/var/tmp", "/dev/shm", "/home/user", "/srv/apps/x", "/srv/memory"}
	candidates = append(candidates, "/srv/memory/deeper", uncovered, m.Folder)
	for _, e := range all {
		if name := "/" + e.Name(); e.IsDir() && name != "/proc" && name != "/sys" {
			candidates = append(candidates, name)
		}
	}
	for _, folder := range candidates {
		try := m.victim(folder, "try")
		if os.WriteFile(try, nil, 0o600) == nil {
			_ = os.Remove(try)
			m.Folders = append(m.Folders, folder)
		}
	}
}

func (m *machine) makeVictims(chosen []probe) {
	for _, p := range chosen {
		if !p.files {
			continue
		}
		for _, folder := range m.Folders {
			path := m.victim(folder, p.name)
			if err := os.WriteFile(path, []byte(untouched), 0o644); err != nil {
				m.t.Fatal(err)
			}
			m.later(func() { _ = os.Remove(path) })
		}
	}
}

// lock locks a file in each folder that is covered. Without root that may not be one in which something is mounted,
// such as the root: a file in it is shown as it is.
func (m *machine) lock() {
	mounts := must(mountPoints())(m.t)
	for _, folder := range m.Folders {
		if folder == uncovered || slices.ContainsFunc(mounts,
			func(at string) bool { return at != folder && within(at, folder) }) {
			continue
		}
		path := m.victim(folder, "locked")
		f := must(os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644))(m.t)
		m.later(func() { f.Close(); _ = os.Remove(path) })
		err := unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
		if err = errors.Join(err, unix.Flock(int(f.Fd()), unix.LOCK_EX)); err != nil {
			m.t.Fatalf("lock %s: %v", path, err)
		}
		m.Locked = append(m.Locked, path)
	}
}

// tampered tells what was done to a file of the probe, or "". It removes what the probe has made.
func (m *machine) tampered(p probe) string {
	what := ""
	for _, folder := range m.Folders {
		path := m.victim(folder, p.name)
		made, _ := filepath.Glob(path + "-*")
		if _, err := os.Lstat(path); err == nil && !p.files {
			made = append(made, path)
		}
		for _, name := range made {
			what = name + " made"
			_ = os.RemoveAll(name)
		}
		if !p.files {
			continue
		}
		s, text := syscall.Stat_t{}, []byte(nil)
		err := syscall.Lstat(path, &s)
		if err == nil {
			text, err = os.ReadFile(path)
		}
		size, _ := unix.Lgetxattr(path, "user.gatequake", nil)
		switch {
		case err != nil:
			what = path + " gone: " + err.Error()
		case string(text) != untouched:
			what = path + " written"
		case s.Mode != syscall.S_IFREG|0o644 || int(s.Uid) != os.Getuid() || s.Nlink != 1 || size > 0 ||
			s.Mtim.Sec < 1e9:
			what = path + " changed in mode, owner, links, time or attributes"
		}
	}
	return what
}

// serve listens, and returns the address. Connections are heard one after the other.
func (m *machine) serve(network, address string) string {
	l := must(net.Listen(network, address))(m.t)
	m.later(func() { l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			_ = c.SetDeadline(time.Now().Add(patience))
			m.hear(c)
			c.Close()
		}
	}()
	m.senders = append(m.senders, func(text []byte) error { return sendTo(network, l.Addr().String(), text) })
	return l.Addr().String()
}

// gram is serve for datagrams.
func (m *machine) gram(network, address string) string {
	c := must(net.ListenPacket(network, address))(m.t)
	m.later(func() { c.Close() })
	go m.hear(c.(net.Conn))
	m.senders = append(m.senders, func(text []byte) error { return sendTo(network, c.LocalAddr().String(), text) })
	return c.LocalAddr().String()
}

// sendTo sends the text to the address, and to nobody else.
func sendTo(network, address string, text []byte) error {
	c, err := net.DialTimeout(network, address, patience/10)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Write(text)
	return err
}

// listen makes the listeners.
func (m *machine) listen() {
	m.TCP = m.serve("tcp", "127.0.0.1:0")
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		l.Close()
		m.TCP6 = m.serve("tcp", "[::1]:0")
	}
	_, port, _ := net.SplitHostPort(m.gram("udp", "0.0.0.0:0"))
	m.UDP = net.JoinHostPort("127.0.0.1", port)
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			m.Frame = net.JoinHostPort(n.IP.String(), port)
		}
	}
	m.Abstract = m.serve("unix", "@"+m.Mark)
	for _, folder := range m.Folders {
		if folder == uncovered {
			continue
		}
		at := m.victim(folder, "socket")
		m.Stream = append(m.Stream, m.serve("unix", at))
		m.Gram = append(m.Gram, m.gram("unixgram", at+"-gram"))
		m.later(func() { _ = os.Remove(at + "-gram") })
		pipe := at + "-pipe"
		if err := syscall.Mkfifo(pipe, 0o666); err != nil {
			m.t.Fatal(err)
		}
		f := must(os.OpenFile(pipe, os.O_RDWR|syscall.O_NONBLOCK, 0))(m.t)
		m.later(func() { f.Close(); _ = os.Remove(pipe) })
		go m.hear(f)
		m.senders = append(m.senders, func(text []byte) error { _, err := f.Write(text); return err })
		m.Pipes = append(m.Pipes, pipe)
	}
}

// hear notes of which probes something arrives.
func (m *machine) hear(from io.Reader) {
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		m.mu.Lock()
		for line := range bytes.Lines(buffer[:n]) {
			if _, name, ok := strings.Cut(string(line), m.Mark+" "); ok {
				m.arrived[strings.TrimSpace(name)] = true
			}
		}
		m.heard.Broadcast()
		m.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// listened returns when all has been heard that was sent before.
func (m *machine) listened() {
	late := time.AfterFunc(patience, m.heard.Broadcast)
	defer late.Stop()
	begin := time.Now()
	for i, send := range m.senders {
		last := fmt.Sprint("last-", i)
		if err := send(m.payload(last)); err != nil {
			m.t.Fatalf("the machine's own listener does not hear: %v", err)
		}
		m.mu.Lock()
		for !m.arrived[last] && time.Since(begin) < patience {
			m.heard.Wait()
		}
		if !m.arrived[last] {
			m.t.Error("the machine's own listener has not heard in time")
		}
		m.mu.Unlock()
	}
}

// makeNodes makes the devices, and leaves descriptors open that a process inherits which is started now.
func (m *machine) makeNodes() {
	const null = 1<<8 | 3
	device := filepath.Join(m.Folder, m.Mark+"-device")
	if err := unix.Mknod(device, unix.S_IFCHR|0o666, null); err == nil {
		m.Device = device
	}
	all, _ := os.ReadDir("/dev")
	for _, e := range all {
		const kind = fs.ModeDevice | fs.ModeCharDevice
		if info, err := os.Stat("/dev/" + e.Name()); err == nil && info.Mode()&kind == fs.ModeDevice {
			if f, err := os.Open("/dev/" + e.Name()); err == nil {
				_ = f.Close()
				m.Disk = "/dev/" + e.Name()
				break
			}
		}
	}
	m.descriptor = m.victim(m.Folder, "descriptor")
	file := must(syscall.Open(m.descriptor, syscall.O_CREAT|syscall.O_RDWR, 0o600))(m.t)
	pair := must(syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0))(m.t)
	syscall.CloseOnExec(pair[0])
	ours := os.NewFile(uintptr(pair[0]), "ours")
	go m.hear(ours)
	m.senders = append(m.senders, func(text []byte) error { _, err := syscall.Write(pair[1], text); return err })
	inherited := []int{pair[1], file}
	for i := range 8 {
		fd := must(unix.FcntlInt(uintptr(inherited[i%2]), syscall.F_DUPFD, 5))(m.t)
		inherited = append(inherited, fd)
	}
	m.later(func() {
		ours.Close()
		for _, fd := range inherited {
			_ = syscall.Close(fd)
		}
	})
}

// bind shows a socket, a pipe and a device at other paths, too, where the machine has files for that.
func (m *machine) bind() {
	if _, err := os.Stat(bound[0]); err != nil || os.Geteuid() != 0 {
		return
	}
	for i, from := range []string{m.Stream[0], m.Pipes[0], m.Device} {
		if err := unix.Mount(from, bound[i], "", unix.MS_BIND, ""); err != nil {
			m.t.Fatal(err)
		}
		m.later(func() { _ = unix.Unmount(bound[i], unix.MNT_DETACH) })
	}
	m.Stream, m.Pipes, m.Device = append(m.Stream, bound[0]), append(m.Pipes, bound[1]), bound[2]
}

// makeObjects makes what System V and POSIX IPC name.
func (m *machine) makeObjects() {
	m.Key = int(must(rand.Int(rand.Reader, big.NewInt(1<<30)))(m.t).Int64()) | 1
	id, err := unix.SysvShmGet(m.Key, 4096, unix.IPC_CREAT|unix.IPC_EXCL|0o600)
	if err != nil {
		m.t.Logf("no System V memory here: %v", err)
	} else {
		m.segment = must(unix.SysvShmAttach(id, 0, 0))(m.t)
		m.later(func() {
			_ = unix.SysvShmDetach(m.segment)
			_, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil)
		})
	}
	if queue, _, e := syscall.Syscall(unix.SYS_MSGGET, uintptr(m.Key), unix.IPC_CREAT|unix.IPC_EXCL|0o600, 0); e == 0 {
		m.later(func() { _, _, _ = syscall.Syscall(unix.SYS_MSGCTL, queue, unix.IPC_RMID, 0) })
	}
	if sem, _, e := syscall.Syscall(unix.SYS_SEMGET, uintptr(m.Key), 1, unix.IPC_CREAT|unix.IPC_EXCL|0o600); e == 0 {
		m.later(func() { _, _, _ = syscall.Syscall6(unix.SYS_SEMCTL, sem, 0, unix.IPC_RMID, 0, 0, 0) })
	}
	m.Queue = m.Mark
	name := append([]byte(m.Queue), 0)
	small := [8]int{0, 1, 8} // struct mq_attr: flags, how many messages, of how many bytes
	const flags = unix.O_CREAT | unix.O_EXCL | unix.O_RDWR | unix.O_CLOEXEC
	fd, _, e := syscall.Syscall6(unix.SYS_MQ_OPEN, address(&name[0]), flags, 0o600, address(&small), 0, 0)
	if e != 0 {
		m.t.Logf("no POSIX queues here: %v", e)
		return
	}
	m.later(func() {
		_ = syscall.Close(int(fd))
		_, _, _ = syscall.Syscall(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(&name[0])), 0, 0)
	})
}

// descriptorUsed reports whether somebody has written into the file that is open.
func descriptorUsed(m *machine) bool {
	s, err := os.Stat(m.descriptor)
	return err != nil || s.Size() > 0
}

// startCanary starts a process that keeps every signal it gets, as it is stopped.
func (m *machine) startCanary() {
	canary := exec.Command("sleep", "3600")
	canary.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := canary.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.Canary = canary.Process.Pid
	m.later(func() {
		_ = canary.Process.Kill()
		_ = canary.Wait()
	})
	s := syscall.WaitStatus(0)
	_ = canary.Process.Signal(syscall.SIGSTOP)
	if _, err := syscall.Wait4(m.Canary, &s, syscall.WUNTRACED, nil); err != nil || !s.Stopped() {
		m.t.Fatalf("stop a process: got %v, %v", s, err)
	}
	m.host, m.domain = machineNames()
}

// signalled reports whether the canary has a signal, or has ended.
func signalled(m *machine) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.Canary))
	none := bytes.Contains(status, []byte("ShdPnd:\t0000000000000000"))
	return err != nil || !none || !bytes.Contains(status, []byte("State:\tT"))
}

func machineNames() (host, domain string) {
	u := unix.Utsname{}
	_ = unix.Uname(&u)
	return unix.ByteSliceToString(u.Nodename[:]), unix.ByteSliceToString(u.Domainname[:])
}

// sees tells what of the probe is seen outside, or "".
func (m *machine) sees(p probe) string {
	m.mu.Lock()
	arrived := m.arrived[p.name]
	m.mu.Unlock()
	did := p.outside != nil && p.outside(m)
	what := m.tampered(p)
	switch {
	case arrived:
		return "what it sent"
	case did:
		return "what it did"
	}
	return what
}

// hostChanged and domainChanged report whether the machine has another name than before, and give it the old one again.
func hostChanged(m *machine) bool {
	host, _ := machineNames()
	return host != m.host && unix.Sethostname([]byte(m.host)) == nil
}

func domainChanged(m *machine) bool {
	_, domain := machineNames()
	return domain != m.domain && unix.Setdomainname([]byte(m.domain)) == nil
}

// left reports whether a process runs whose command line has the mark; what was in a world ends with it.
func left(m *machine) bool {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range all {
		line, err := os.ReadFile(file)
		if err == nil && bytes.Contains(line, []byte(m.Mark+"-daemon")) {
			return true
		}
	}
	return false
}

// mounted reports whether something is mounted where a probe may have, and takes it away.
func mounted(m *machine) bool {
	all, _ := mountPoints()
	all = slices.DeleteFunc(all, func(at string) bool { return !strings.Contains(at, m.Mark) })
	for _, at := range all {
		if err := unix.Unmount(at, unix.MNT_DETACH); err != nil {
			m.t.Errorf("unmount %s: %v", at, err)
		}
	}
	return len(all) > 0
}

// asNobody runs the test again as a user who may do nothing.
func asNobody(t *testing.T, name string) {
	t.Helper()
	if os.Geteuid() != 0 || os.Getenv(worldtest.Nobodys) != "" {
		return
	}
	binary := worldtest.Binary
	if _, err := os.Stat(binary); err != nil {
		dir := must(os.MkdirTemp("", "gatequake-nobody"))(t) // t.TempDir lies in a folder that nobody else may enter.
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		binary = filepath.Join(dir, "world.test")
		text := must(os.ReadFile("/proc/self/exe"))(t)
		if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(binary, text, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), binary, "-test.run=^"+name+"$", "-test.v")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), worldtest.Nobodys+"=1", "HOME=/", "GORACE=atexit_sleep_ms=0")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: worldtest.Nobody, Gid: worldtest.Nobody}, Pdeathsig: syscall.SIGKILL,
	}
	t.Log(worldtest.Passes(t, cmd, name))
}
