package world

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
)

// environ tells a process that it is the first of a world, and of which mode.
const (
	environ    = "GATEQUAKE_WORLD"
	environDir = "GATEQUAKE_WORLD_DIR"
)

// The child's ends of the two pipes. Standard input, output and error are 0 to 2.
const (
	requestFD = 3
	answerFD  = 4
)

// answer is what travels back to the parent.
type answer struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// Inside reports whether this process was started by Run as the first of a world. Such a process calls Serve and nothing else.
func Inside() bool { return os.Getenv(environ) != "" }

// Serve enters the world, calls play with the parent's request, sends its result to the parent and exits. The process also exits when the parent
// dies, and takes every process of the world with it. Serve must be called at most once, in a process for which Inside is true.
func Serve(play func(ctx context.Context, w *World, request json.RawMessage) (any, error)) {
	mode, dir := Mode(os.Getenv(environ)), os.Getenv(environDir)
	// A world lives for seconds and leaves some tens of MB behind: it ends before collecting them would pay. The limit is for what goes wrong.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
	// What the child starts in turn (gateways, upstreams) is not the first process of a world.
	_ = os.Unsetenv(environ)
	_ = os.Unsetenv(environDir)

	if mode == Portable {
		adopt()
	}
	in, out := os.NewFile(requestFD, "request"), os.NewFile(answerFD, "answer")
	reply := func(result any, err error) {
		a := answer{}
		if err != nil {
			a.Error = err.Error()
		} else if a.Result, err = json.Marshal(result); err != nil {
			a.Error = fmt.Sprintf("encode answer: %v", err)
		}
		if mode == Portable {
			endAdopted()
			_ = os.RemoveAll(dir) // The parent does so too, if it lives that long.
		}
		if json.NewEncoder(out).Encode(a) != nil {
			endAll(mode, dir) // Nobody hears it: the parent is gone, who would have cleaned up.
		}
		ending.Lock()
		os.Exit(0)
	}

	requests := json.NewDecoder(in)
	var request json.RawMessage
	if err := requests.Decode(&request); err != nil {
		reply(nil, fmt.Errorf("read request: %w", err))
	}
	w, err := enter(mode, dir)
	if err != nil {
		reply(nil, err)
	}
	// The parent holds its end open for as long as it lives: the end of the pipe is the end of the parent. Not watched before the folder is there, which
	// would otherwise be made after its removal.
	go func() {
		_, _ = io.Copy(io.Discard, in)
		endAll(mode, dir)
	}()
	reply(play(context.Background(), w, request))
}

// ending is held by who ends the process, so that nobody else does in the middle of it. It is never given back.
var ending sync.Mutex

// endAll ends this process and all that it started, at once.
func endAll(mode Mode, dir string) {
	ending.Lock()
	if mode == Portable {
		// No namespace cleans up after us: the folder first, then the whole process group, ourselves included. The play goes on meanwhile; under another name it
		// puts no further file into the folder.
		gone := dir + "-gone"
		if os.Rename(dir, gone) == nil {
			_ = os.RemoveAll(gone)
		}
		endAdopted()
		killGroup(os.Getpid())
	}
	os.Exit(1)
}
