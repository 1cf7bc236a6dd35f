package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// environ tells a process that it is the first of a world, and of which mode.
const environ = "GATEQUAKE_WORLD"

// The child's ends of the two pipes. Standard input, output and error are 0 to 2.
const (
	requestFD = 3
	answerFD  = 4
)

// statusMisled is the exit status of a process that environ calls the first of a world, and that is none: sysexits.h
// EX_USAGE, as for every other mistake in how Gatequake was called.
const statusMisled = 64

// task is what travels from the parent to the world's first process.
type task struct {
	// Nonce is known to the parent and to the world's first process alone: what comes back without it is not an answer.
	Nonce string `json:"nonce"`
	// Dir is the folder that a portable world makes for itself, and removes. Empty for the others.
	Dir string `json:"dir,omitempty"`
	// Parent are the namespaces in which the parent lives: a sealed world has others.
	Parent namespaces `json:"parent"`
	// Writable are folders of the caller's in which the processes of the world must be able to write, with nothing
	// of it seen outside.
	Writable []string `json:"writable,omitempty"`
	// Without lists the steps of the boundary that this world leaves out; see steps. Tests only.
	Without []Step `json:"without,omitempty"`
	// Request is what play gets.
	Request json.RawMessage `json:"request"`
}

// answer is what travels back to the parent.
type answer struct {
	Nonce  string          `json:"nonce"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// Inside reports whether this process was started by Run as the first of a world. Such a process calls Serve and
// nothing else.
func Inside() bool { return os.Getenv(environ) != "" }

// Serve enters the world, calls play with the parent's request, sends its result to the parent and exits. The process
// also exits when the parent dies, and takes every process of the world with it. Serve must be called at most once,
// in a process for which Inside is true. A process that Run did not start, or that has no namespaces of its own where
// the mode wants them, changes nothing, says so in one line and exits with status 64.
func Serve(play func(ctx context.Context, w *World, request json.RawMessage) (any, error)) {
	mode := Mode(os.Getenv(environ))
	// A world lives for seconds and leaves some tens of MB behind: it ends before collecting them would pay. The
	// limit is for what goes wrong.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
	// What the child starts in turn (gateways, upstreams) is not the first process of a world.
	_ = os.Unsetenv(environ)

	o, requests, err := heed(mode)
	if err != nil {
		fmt.Fprintf(os.Stderr, "gatequake: got %s=%q, which Gatequake sets for the first process of a world, and this "+
			"one is none (%v); unset it\n", environ, mode, err)
		os.Exit(statusMisled)
	}
	out := os.NewFile(answerFD, "answer")
	if mode == Portable {
		adopt()
	}
	reply := func(result any, err error) {
		a := answer{Nonce: o.Nonce}
		if err != nil {
			a.Error = err.Error()
		} else if a.Result, err = json.Marshal(result); err != nil {
			a.Error = fmt.Sprintf("encode answer: %v", err)
		}
		if mode == Portable {
			endAdopted()
			_ = os.RemoveAll(o.Dir) // The parent does so too, if it lives that long.
		}
		if json.NewEncoder(out).Encode(a) != nil {
			endAll(mode, o.Dir) // Nobody hears it: the parent is gone, who would have cleaned up.
		}
		ending.Lock()
		os.Exit(0)
	}
	w, err := enter(mode, o)
	if err != nil {
		reply(nil, err)
	}
	// The parent holds its end open for as long as it lives: the end of the pipe is the end of the parent. Not
	// watched before the folder is there, which would otherwise be made after its removal.
	go func() {
		_, _ = io.Copy(io.Discard, requests)
		endAll(mode, o.Dir)
	}()
	reply(play(context.Background(), w, o.Request))
}

// heed reads the parent's task, and refuses one that no parent can have sent: whoever sets environ by hand, or has
// inherited it, may not have a world set up around the machine itself. The reader is at the end of the task.
func heed(mode Mode) (o task, rest io.Reader, err error) {
	for _, fd := range []int{requestFD, answerFD} {
		var s syscall.Stat_t
		if err := syscall.Fstat(fd, &s); err != nil || s.Mode&syscall.S_IFMT != syscall.S_IFIFO {
			return o, nil, fmt.Errorf("its descriptor %d is no pipe", fd)
		}
	}
	if err := fresh(mode, namespaces{}); err != nil {
		return o, nil, err
	}
	in := os.NewFile(requestFD, "request")
	decoder := json.NewDecoder(in)
	if err := decoder.Decode(&o); err != nil {
		return o, nil, fmt.Errorf("read request: %w", err)
	}
	if o.Nonce == "" {
		return o, nil, errors.New("its request is from nobody")
	}
	if mode == Portable {
		if _, err := os.Lstat(o.Dir); filepath.Dir(o.Dir) != filepath.Clean(os.TempDir()) ||
			!strings.HasPrefix(filepath.Base(o.Dir), dirPrefix) || err == nil {
			return o, nil, fmt.Errorf("its folder %q is not a new one below %s", o.Dir, os.TempDir())
		}
	}
	if err := fresh(mode, o.Parent); err != nil {
		return o, nil, err
	}
	if takes(o.Without, StepDescriptors) {
		err = keepDescriptors()
	}
	return o, in, err
}

// keepDescriptors closes what this process has inherited besides standard input, output and error and the two pipes,
// and keeps the pipes from every process that it starts. What the caller has open is no gateway's business, and who
// could write into the answer pipe could write a verdict.
//
// Whatever this process has opened by itself so far has the close-on-exec flag, as all that Go opens has: by its
// absence the inherited ones are known.
func keepDescriptors() error {
	syscall.CloseOnExec(requestFD)
	syscall.CloseOnExec(answerFD)
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		return err
	}
	for _, e := range open {
		fd, err := strconv.Atoi(e.Name())
		if flags, e := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && fd > answerFD && e == nil &&
			flags&unix.FD_CLOEXEC == 0 {
			_ = syscall.Close(fd)
		}
	}
	return nil
}

// ending is held by who ends the process, so that nobody else does in the middle of it. It is never given back.
var ending sync.Mutex

// endAll ends this process and all that it started, at once.
func endAll(mode Mode, dir string) {
	ending.Lock()
	if mode == Portable {
		// No namespace cleans up after a portable world: the folder first, then the whole process group, this
		// process included. The play goes on meanwhile; under another name it puts no further file into the folder.
		gone := dir + "-gone"
		if os.Rename(dir, gone) == nil {
			_ = os.RemoveAll(gone)
		}
		endAdopted()
		killGroup(os.Getpid())
	}
	os.Exit(1)
}
