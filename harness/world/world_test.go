package world

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

type order struct {
	Do string
}

// TestMain lets this test binary be the first process of a world.
func TestMain(m *testing.M) {
	if Inside() {
		Serve(func(ctx context.Context, w *World, request json.RawMessage) (any, error) {
			var o order
			if err := json.Unmarshal(request, &o); err != nil {
				return nil, err
			}
			return plays[o.Do](ctx, w)
		})
	}
	os.Exit(m.Run())
}

var plays = map[string]func(context.Context, *World) (any, error){
	"addresses": func(_ context.Context, _ *World) (any, error) {
		for _, a := range []string{"198.51.100.11:80", "10.20.30.40:443", "[2001:db8::1]:8080", "127.0.0.1:53"} {
			if err := roundTrip(a); err != nil {
				return nil, fmt.Errorf("%s: %w", a, err)
			}
		}
		return "reached", nil
	},
	"names": func(_ context.Context, w *World) (any, error) {
		if err := w.Names("192.0.2.53", "192.0.2.1 one.test\n"); err != nil {
			return nil, err
		}
		if err := w.Names("192.0.2.54", ""); err != nil {
			return nil, err
		}
		b, err := os.ReadFile("/etc/resolv.conf")
		return string(b), err
	},
	"trust": func(_ context.Context, w *World) (any, error) {
		if err := w.Trust([]byte("ours")); err != nil {
			return nil, err
		}
		files, err := os.ReadDir("/etc/ssl/certs")
		names := []string{}
		for _, f := range files {
			names = append(names, f.Name())
		}
		return strings.Join(names, " "), err
	},
	"daemon": func(_ context.Context, w *World) (any, error) {
		name := filepath.Join(w.Dir, "daemon-"+rand.Text())
		// It leaves the process group, and its parent ends when it has.
		return name, exec.Command("sh", "-c", `setsid sh -c ': >"$0"; sleep 3600; :' "$0" & until [ -e "$0" ]; do `+
			`sleep 0.01; done`, name).Run()
	},
	"machine": func(_ context.Context, w *World) (any, error) { return "met", meet(w) },
	"scratch": func(_ context.Context, w *World) (any, error) {
		if bare := w.ReadOnlyFolders(); !w.Sealed() || len(bare) > 0 {
			return nil, fmt.Errorf("not covered: %v", bare)
		}
		return os.TempDir(), os.WriteFile(filepath.Join(os.TempDir(), "gatequake-scratch"), []byte("x"), 0o644)
	},
	"bare":  func(_ context.Context, w *World) (any, error) { return w.ReadOnlyFolders(), nil },
	"pid":   func(context.Context, *World) (any, error) { return os.Getpid(), nil },
	"error": func(context.Context, *World) (any, error) { return nil, errors.New("no luck") },
	"panic": func(context.Context, *World) (any, error) { panic("out of cheese") },
	"hang":  func(context.Context, *World) (any, error) { select {} },
	"files": func(_ context.Context, w *World) (any, error) {
		if err := os.WriteFile(filepath.Join(w.Dir, "trace"), []byte("x"), 0o644); err != nil {
			return nil, err
		}
		// A process that outlives its parent, and everybody's patience.
		cmd := exec.Command("sleep", "3600")
		return w.Dir, cmd.Start()
	},
}

// meet lets the machine and the world listen at the same port of every address, and each reach the other's listener
// and nobody else's.
func meet(w *World) error {
	own := netip.MustParseAddr("192.0.2.80")
	m, err := w.NewMachine(own)
	if err != nil {
		return err
	}
	outside, err := net.Listen("tcp", "10.20.30.40:80")
	if err != nil {
		return err
	}
	var inside net.Listener
	if err := m.Do(func() (err error) { inside, err = net.Listen("tcp", ":80"); return err }); err != nil {
		return err
	}
	if err := reaches(netip.AddrPortFrom(own, 80).String(), inside); err != nil {
		return fmt.Errorf("from the world: %w", err)
	}
	if err := m.Do(func() error { return reaches("10.20.30.40:80", outside) }); err != nil {
		return fmt.Errorf("from the machine: %w", err)
	}
	undo, err := w.Unroute(netip.MustParseAddr("10.20.30.40"), NoRoute)
	if err != nil {
		return err
	}
	if err := m.Do(func() error { return reaches("10.20.30.40:80", outside) }); !errors.Is(err, syscall.ENETUNREACH) {
		return fmt.Errorf("with no route: got %w, want ENETUNREACH", err)
	}
	if err := undo(); err != nil {
		return err
	}
	return m.Do(func() error { return reaches("10.20.30.40:80", outside) })
}

// reaches returns nil if a dial to the address is taken by l. The clients' address is one that the machine can
// answer to.
func reaches(address string, l net.Listener) error {
	d := net.Dialer{Timeout: 10 * time.Second}
	if strings.HasPrefix(address, "192.0.2.80") {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP("203.0.113.10")}
	}
	c, err := d.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	taken, err := l.Accept()
	if err != nil {
		return err
	}
	defer taken.Close()
	if taken.RemoteAddr().String() != c.LocalAddr().String() {
		return fmt.Errorf("got a connection from %s, want one from %s", taken.RemoteAddr(), c.LocalAddr())
	}
	return nil
}

func roundTrip(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	defer l.Close()
	host, _, _ := net.SplitHostPort(address)
	source := "203.0.113.9"
	if net.ParseIP(host).To4() == nil {
		source = "2001:db8:bad::9"
	}
	d := net.Dialer{Timeout: 10 * time.Second, LocalAddr: &net.TCPAddr{IP: net.ParseIP(source)}}
	c, err := d.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := l.Accept()
	if err != nil {
		return err
	}
	defer s.Close()
	if got := s.RemoteAddr().(*net.TCPAddr).IP.String(); got != source {
		return fmt.Errorf("got client address %s, want %s", got, source)
	}
	return nil
}

// working lists the modes that this machine can make, and says which it cannot.
func working(t *testing.T) []Mode {
	t.Helper()
	modes := []Mode{}
	for _, a := range Abilities(t.Context()) {
		if a.Err != nil {
			t.Logf("%s: not here: %v", a.Mode, a.Err)
			continue
		}
		modes = append(modes, a.Mode)
	}
	return modes
}

func play(t *testing.T, m Mode, what string) (any, error) {
	t.Helper()
	var result any
	err := Run(t.Context(), Options{Mode: m}, order{Do: what}, &result)
	return result, err
}

func TestPortableWorks(t *testing.T) {
	if modes := working(t); len(modes) == 0 || modes[len(modes)-1] != Portable {
		t.Fatalf("got working modes %v, want portable among them: it needs nothing", modes)
	}
}

func TestSealedWorldHasEveryAddress(t *testing.T) {
	for _, m := range working(t) {
		got, err := play(t, m, "addresses")
		switch {
		case m == Portable && err == nil:
			t.Errorf("%s: got %v, want an error: these addresses are not ours", m, got)
		case m != Portable && err != nil:
			t.Errorf("%s: %v", m, err)
		}
	}
}

// TestMachine holds that a gateway that listens on every address of a port can reach another host's same port,
// which in one network nobody can.
func TestMachine(t *testing.T) {
	for _, m := range working(t) {
		got, err := play(t, m, "machine")
		if (err == nil) == (m == Portable) {
			t.Errorf("%s: got %v, %v", m, got, err)
		}
	}
}

func TestScratchKeepsFilesInside(t *testing.T) {
	for _, m := range working(t) {
		dir, err := play(t, m, "scratch")
		if m == Portable || err != nil && strings.Contains(err.Error(), "not covered") {
			t.Logf("%s: not here: %v", m, err)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", m, err)
			continue
		}
		if _, err := os.Stat(filepath.Join(dir.(string), "gatequake-scratch")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: got %v outside the world, want no such file", m, err)
		}
	}
}

func TestSealedWorldHasItsOwnNames(t *testing.T) {
	outside, _ := os.ReadFile("/etc/resolv.conf")
	for _, m := range working(t) {
		got, err := play(t, m, "names")
		switch {
		case m == Portable && (err == nil || !strings.Contains(err.Error(), "portable mode must not touch")):
			t.Errorf("%s: got %v, %v; want a refusal that says why", m, got, err)
		case m != Portable && (err != nil || !strings.HasPrefix(got.(string), "nameserver 192.0.2.54\n")):
			t.Errorf("%s: got %q, %v; want the nameserver of the second call", m, got, err)
		}
	}
	if after, _ := os.ReadFile("/etc/resolv.conf"); string(after) != string(outside) {
		t.Errorf("resolv.conf outside changed: got %q, want %q", after, outside)
	}
}

func TestSealedWorldTrustsWhomItIsTold(t *testing.T) {
	if _, err := os.Stat("/etc/ssl/certs"); err != nil {
		t.Skip("this system trusts nobody whom the test knows to look for: ", err)
	}
	outside, _ := os.ReadDir("/etc/ssl/certs")
	for _, m := range working(t) {
		got, err := play(t, m, "trust")
		switch {
		case m == Portable && (err == nil || !strings.Contains(err.Error(), "portable mode must not touch")):
			t.Errorf("%s: got %v, %v; want a refusal that says why", m, got, err)
		case m != Portable && (err != nil || got != "ca-certificates.crt"):
			t.Errorf("%s: got %v, %v; want one bundle", m, got, err)
		}
	}
	if after, _ := os.ReadDir("/etc/ssl/certs"); len(after) != len(outside) {
		t.Errorf("the authorities outside changed: got %d files, want %d", len(after), len(outside))
	}
}

func TestFirstProcessIsPIDOne(t *testing.T) {
	for _, m := range working(t) {
		if got, err := play(t, m, "pid"); err != nil || (m != Portable) != (got == 1.0) {
			t.Errorf("%s: got pid %v, %v", m, got, err)
		}
	}
}

func TestErrorsAndPanicsCrossThePipe(t *testing.T) {
	for _, m := range working(t) {
		if _, err := play(t, m, "error"); err == nil || err.Error() != "no luck" {
			t.Errorf("%s: got %v, want the error of the play", m, err)
		}
		if _, err := play(t, m, "panic"); err == nil || !strings.Contains(err.Error(), "panic: out of cheese") {
			t.Errorf("%s: got %v, want the panic with its text", m, err)
		}
	}
}

func TestContextEndsAWorld(t *testing.T) {
	for _, m := range working(t) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errors.New("enough"))
		begin := time.Now()
		err := Run(ctx, Options{Mode: m}, order{Do: "hang"}, nil)
		cancel()
		if err == nil || !strings.Contains(err.Error(), "enough") || time.Since(begin) > 10*time.Second {
			t.Errorf("%s: got %v after %s, want the context's cause at once", m, err, time.Since(begin))
		}
	}
}

func TestNothingIsLeft(t *testing.T) {
	for _, m := range working(t) {
		dir, err := play(t, m, "files")
		if err != nil {
			t.Errorf("%s: %v", m, err)
			continue
		}
		if _, err := os.Stat(dir.(string)); err == nil {
			t.Errorf("%s: %s is left", m, dir)
		}
	}
}

func TestADaemonIsNotLeft(t *testing.T) {
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("unsupported: only Linux tells what runs, and ends it")
	}
	for _, m := range working(t) {
		name, err := play(t, m, "daemon")
		if err != nil {
			t.Errorf("%s: %v", m, err)
			continue
		}
		files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, f := range files {
			if line, err := os.ReadFile(f); err == nil && strings.Contains(string(line), name.(string)) {
				t.Errorf("%s: %s is left", m, f)
			}
		}
	}
}

func BenchmarkEntry(b *testing.B) {
	for _, a := range Abilities(b.Context()) {
		if a.Err != nil {
			continue
		}
		b.Run(string(a.Mode), func(b *testing.B) {
			for b.Loop() {
				if a := try(b.Context(), a.Mode); a.Err != nil {
					b.Fatal(a.Err)
				}
			}
		})
	}
}
