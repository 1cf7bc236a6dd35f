package world

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// adopt makes this process the parent of every process below it whose own parent has ended: of a gateway that
// became a daemon, say, and left the process group.
func adopt() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// endAdopted ends every process below this one. Whose parent was ended is adopted, and ended in the next round.
func endAdopted() {
	for {
		pids := children(os.Getpid())
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			// Wait4 fails for a process that another goroutine waits for; the process ends all the same.
			_, _ = syscall.Wait4(pid, nil, 0, nil)
		}
		if len(pids) == 0 {
			return
		}
	}
}

// children lists the processes whose parent is pid, but for those that have ended.
func children(pid int) (pids []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // Only a malformed pattern is an error.
	for _, file := range stats {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // It has ended meanwhile.
		}
		// proc(5): pid (comm) state ppid …; only comm can hold a parenthesis.
		var state string
		var parent int
		if _, err := fmt.Sscan(string(stat[bytes.LastIndexByte(stat, ')')+1:]), &state, &parent); err != nil ||
			parent != pid || state == "Z" {
			continue
		}
		if child, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			pids = append(pids, child)
		}
	}
	return pids
}
