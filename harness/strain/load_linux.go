package strain

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// World tells of all processes that this process sees in /proc: in a sealed world, of all in it.
func World() Load {
	return loadOf(numbers("/proc"))
}

// Family tells of this process and of all that it started, and they in turn.
func Family() Load {
	all := []string{strconv.Itoa(os.Getpid())}
	for i := 0; i < len(all); i++ {
		files, _ := filepath.Glob(filepath.Join("/proc", all[i], "task/*/children"))
		for _, f := range files {
			children, _ := os.ReadFile(f)
			all = append(all, strings.Fields(string(children))...)
		}
	}
	return loadOf(all)
}

// loadOf gathers what the scheduler tells of each thread: how long it ran, and how long it was ready, in nanoseconds
// (Documentation/scheduler/sched-stats.rst). Of a thread that has ended nothing is told any more.
func loadOf(processes []string) Load {
	l := Load{Busy: busy(), Waited: map[Thread]time.Duration{}}
	for _, p := range processes {
		tasks := filepath.Join("/proc", p, "task")
		for _, t := range numbers(tasks) {
			doc, err := os.ReadFile(filepath.Join(tasks, t, "schedstat"))
			if f := bytes.Fields(doc); err == nil && len(f) > 1 {
				l.Ran += number(f[0], time.Nanosecond)
				l.Waited[Thread{p, t}] = number(f[1], time.Nanosecond)
			}
		}
	}
	return l
}

// busy adds up the columns of /proc/stat that are not idle or waiting for a disk: user, nice, system, irq, softirq,
// and steal, which is what the host of a virtual machine gave to others (proc_stat(5)).
func busy() (b time.Duration) {
	const hertz = 100 // USER_HZ, the same on every architecture that Go runs on.
	doc, err := os.ReadFile("/proc/stat")
	line, _, _ := bytes.Cut(doc, []byte("\n"))
	f := bytes.Fields(line)
	if err != nil || len(f) < 9 {
		return 0
	}
	for _, column := range []int{1, 2, 3, 6, 7, 8} {
		b += number(f[column], time.Second/hertz)
	}
	return b
}

func number(text []byte, unit time.Duration) time.Duration {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(n) * unit
}

// numbers lists the entries of a folder of /proc that are numbers: processes or threads.
func numbers(folder string) (all []string) {
	f, err := os.Open(folder)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	names, _ := f.Readdirnames(-1)
	for _, n := range names {
		if n[0] >= '0' && n[0] <= '9' {
			all = append(all, n)
		}
	}
	return all
}

// try asks for a descriptor and a socket, gives both back, and notes a lack. Toxiproxy tells nobody when it was
// refused one.
func try() {
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if Note(err); err == nil {
		_ = syscall.Close(s)
	}
}
