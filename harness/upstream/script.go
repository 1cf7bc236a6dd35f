package upstream

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
)

// Script is what a Process does with a request.
type Script string

// The scripts of a Process.
const (
	Healthy        Script = "healthy"          // a stamped 200
	CrashOnRequest Script = "crash-on-request" // read and record the first request, then die by SIGKILL
	// CrashAfterHead sends the head and a quarter of the body of its first answer, 256 KiB of 1 MiB, and dies by
	// SIGKILL when they have arrived.
	CrashAfterHead Script = "crash-after-head"
	// Read and record every request, and answer none: time to be killed or frozen in the middle of it.
	Hold Script = "hold"
)

var scripts = map[Script]Behaviour{
	Healthy: healthy{}, CrashOnRequest: crash{}, CrashAfterHead: crashAfterHead{},
	Hold: Silent{},
}

// known returns an error that lists the scripts when s is none of them.
func (s Script) known() error {
	if _, ok := scripts[s]; ok {
		return nil
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		names = append(names, string(name))
	}
	return fmt.Errorf("no script %q; there are: %s", string(s), strings.Join(names, ", "))
}

// crash kills its own process, as the kernel does when memory runs out: nothing is flushed, nothing is answered.
type crash struct{}

func (crash) Answer(*http.Request, *Conn) End {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal may be a moment away
}

// What the answer of crashAfterHead declares, and how much of it is sent.
const (
	crashDeclared = 1 << 20
	crashSent     = 256 << 10
)

// crashAfterHead dies in the middle of its first answer.
type crashAfterHead struct{}

func (crashAfterHead) Answer(r *http.Request, c *Conn) End {
	// More than a gateway holds back by default, so that the head has been sent on.
	Truncated{Declared: crashDeclared, Sent: crashSent}.Answer(r, c)
	awaitAcknowledged(c.tcp)
	return crash{}.Answer(r, c)
}
