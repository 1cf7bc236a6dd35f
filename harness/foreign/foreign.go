// Package foreign reads files that somebody else names or writes: a person on the command line, a configuration, a
// gateway. Such a file may be of any kind and size.
package foreign

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Bounds for files of each kind, in bytes: far above what people keep, and below what hurts.
const (
	// MostWritten bounds what people write: a policy, a file of a gateway of one's own, a part of a configuration.
	MostWritten = 1 << 20
	// MostBundle bounds a bundle of authorities: the largest that systems ship has half a megabyte.
	MostBundle = 16 << 20
)

// ErrTooLarge is wrapped by the error of a file that holds more than it may.
var ErrTooLarge = errors.New("too large")

// kernels are folders whose files are no files: reading one may have no end, wait for ever, or do something.
var kernels = []string{"/proc", "/sys", "/dev"}

// shared is a folder of ordinary files in /dev.
const shared = "/dev/shm/"

// Open opens a regular file. What is no regular file is not opened at all.
func Open(path string) (*os.File, error) {
	real, err := filepath.Abs(path)
	if err == nil {
		err = ordinary(real)
	}
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err == nil {
		err = ordinary(real)
	}
	if err != nil {
		return nil, failed("open", path, err)
	}
	info, err := os.Stat(real)
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		return nil, failed("open", path, err)
	}
	f, err := os.OpenFile(real, os.O_RDONLY|syscall.O_NONBLOCK, 0) // Somebody may have put a pipe there just now.
	if err != nil {
		return nil, failed("open", path, err)
	}
	if info, err = f.Stat(); err == nil {
		err = regular(info)
	}
	if err != nil {
		return nil, failed("open", path, errors.Join(err, f.Close()))
	}
	return f, nil
}

// failed is the error about a path, in the same words whichever step found it out.
func failed(op, path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

// ordinary refuses what is in a folder of the kernel's.
func ordinary(path string) error {
	for _, k := range kernels {
		if strings.HasPrefix(path, k+"/") && !strings.HasPrefix(path, shared) {
			return fmt.Errorf("got a file of the kernel's in %s, want an ordinary file", k)
		}
	}
	return nil
}

func regular(info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return fmt.Errorf("got %s, want an ordinary file", kindOf(info.Mode()))
}

func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// Read returns what a regular file holds, if that is no more than most bytes.
func Read(path string, most int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	return read(f, path, most)
}

// ReadIn is Read for a file of files.
func ReadIn(files fs.FS, path string, most int64) ([]byte, error) {
	info, err := fs.Stat(files, path)
	if err != nil {
		return nil, err
	}
	if err := regular(info); err != nil {
		return nil, failed("open", path, err)
	}
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	return read(f, path, most)
}

// read reads the file and closes it. Its size is looked at first: nothing of one that is too large is read.
func read(f fs.File, path string, most int64) ([]byte, error) {
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > most {
		return nil, tooLarge(path, fmt.Sprintf("%d bytes", info.Size()), most)
	}
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > most { // It grows, or tells no size.
		return nil, tooLarge(path, "more", most)
	}
	return text, nil
}

func tooLarge(path, got string, most int64) error {
	return failed("read", path, fmt.Errorf("%w: got %s, want %d bytes at most", ErrTooLarge, got, most))
}
