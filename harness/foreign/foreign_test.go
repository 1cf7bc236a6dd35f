package foreign

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"small": "12345678", "empty": "", "full": "123456789"} {
		if err := os.WriteFile(in(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(in("sparse"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(in("sparse"), 1<<40); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(in("pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"link": in("small"), "zero": "/dev/zero", "pagemap": "/proc/self/pagemap",
		"loop": in("loop"), "nowhere": in("none"),
	} {
		if err := os.Symlink(to, in(link)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"small": "", "empty": "", "link": "",
		"full":    "too large: got 9 bytes, want 8 bytes at most",
		"sparse":  "too large: got 1099511627776 bytes, want 8 bytes at most",
		"pipe":    "got a pipe, want an ordinary file",
		".":       "got a folder, want an ordinary file",
		"zero":    "got a file of the kernel's in /dev",
		"pagemap": "got a file of the kernel's in /proc",
		"loop":    "too many links",
		"nowhere": "no such file or directory",
		"none":    "no such file or directory",
	} {
		begin := time.Now()
		text, err := Read(in(name), 8)
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %q and %v, want %q", name, text, err, want)
		}
		if err != nil && (!strings.Contains(err.Error(), in(name)) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: got %q, want one line with the file's name", name, err)
		}
	}
	if _, err := Read(in("none"), 8); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
	if _, err := Read(in("full"), 8); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
}

func TestReadIn(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "full"), []byte("123456789"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"full": "too large", "pipe": "got a pipe", ".": "got a folder",
		"none": "no such file",
	} {
		if _, err := ReadIn(os.DirFS(dir), name, 8); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	if text, err := ReadIn(os.DirFS(dir), "full", 9); err != nil || len(text) != 9 {
		t.Errorf("got %q and %v, want what is in it", text, err)
	}
}
