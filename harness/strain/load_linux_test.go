package strain

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestLoadCountsWaiting keeps more threads busy than there are processors: some of them wait.
func TestLoadCountsWaiting(t *testing.T) {
	look := Family
	before := look()
	var over atomic.Bool
	defer over.Store(true)
	n := runtime.NumCPU() + 2
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
	for range n {
		go func() {
			for !over.Load() {
			}
		}()
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(Tick) {
		now := look()
		if now.waited(before) > 0 && now.Ran > before.Ran && now.Busy > before.Busy {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("got %+v after %+v, want more of everything", now, before)
		}
	}
}

func TestTryNotesALack(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	free := uint64(null.Fd())
	_ = null.Close()
	var had syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &had); err != nil {
		t.Fatal(err)
	}
	defer func() { noted.Store(nil) }()
	begin := time.Now()
	if try(); Noted(begin) != nil {
		t.Fatalf("got %v, want nothing noted", Noted(begin))
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: free, Max: had.Max}); err != nil {
		t.Fatal(err)
	}
	try()
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &had); err != nil {
		t.Fatal(err)
	}
	if !Lacks(Noted(begin)) || Noted(time.Now()) != nil {
		t.Errorf("got %v, then %v; want EMFILE, and nothing since now", Noted(begin), Noted(time.Now()))
	}
}
