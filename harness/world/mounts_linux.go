package world

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/gatequake/gatequake/harness/foreign"
)

// shm is where a world keeps its own files: memory, in a folder that every Linux has.
const shm = "/dev/shm"

// Names replaces the system's view of names: resolv.conf asks nameserver, and hosts holds the given lines besides
// localhost. Only the order files, then DNS, is left in nsswitch.conf, so that no resolver daemon of the machine
// answers instead. It may be called again.
func (w *World) Names(nameserver, hosts string) error {
	if reason := w.Lacks(OwnResolvConf); reason != "" {
		return fmt.Errorf("replace resolv.conf: %s: %w", reason, errors.ErrUnsupported)
	}
	// One short try a name: gateways that use the system's resolver must give up within their own time limits.
	// Seconds are the finest unit there is.
	files := map[string]string{
		"/etc/resolv.conf":   "nameserver " + nameserver + "\noptions timeout:1 attempts:1\n",
		"/etc/hosts":         "127.0.0.1 localhost\n::1 localhost\n" + hosts,
		"/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
	}
	for path, content := range files {
		if err := w.shadow(path, content); err != nil {
			return err
		}
	}
	return nil
}

// Trust replaces the certificate authorities that programs of this system trust, where it has any: only who is
// in pem is trusted. A gateway that reads all of them when it starts (HAProxy does, for the system's own store)
// has one to read and not hundreds.
func (w *World) Trust(pem []byte) error {
	if reason := w.Lacks(OwnResolvConf); reason != "" {
		return fmt.Errorf("replace authorities: %s: %w", reason, errors.ErrUnsupported)
	}
	// Where Debian, Red Hat and their kin keep them, as crypto/x509 looks for them (root_linux.go).
	for dir, file := range map[string]string{
		"/etc/ssl/certs":     "ca-certificates.crt",
		"/etc/pki/tls/certs": "ca-bundle.crt",
	} {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		own, err := os.MkdirTemp(w.Dir, "trust")
		if err == nil {
			err = os.Chmod(own, 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(own, file), pem, 0o644)
		}
		if err == nil {
			err = unix.Mount(own, dir, "", unix.MS_BIND, "")
		}
		if err != nil {
			return fmt.Errorf("shadow %s: %w", dir, err)
		}
	}
	return nil
}

// bundles are the files in which systems keep the authorities that they trust, as crypto/x509 looks for
// them (root_linux.go).
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
}

// TrustAlso lets programs trust the authorities in pem besides those that they trust already: by the system's
// bundles, where there are any, and by these files.
func (w *World) TrustAlso(pem []byte, files ...string) error {
	if reason := w.Lacks(OwnResolvConf); reason != "" {
		return fmt.Errorf("add authority: %s: %w", reason, errors.ErrUnsupported)
	}
	done := map[string]bool{}
	for _, path := range slices.Concat(bundles, files) {
		real, err := filepath.EvalSymlinks(path)
		if errors.Is(err, fs.ErrNotExist) && slices.Contains(bundles, path) || done[real] {
			continue
		}
		var before []byte
		if err == nil {
			before, err = foreign.Read(real, foreign.MostBundle)
		}
		own := filepath.Join(w.Dir, "trust-"+strings.ReplaceAll(strings.Trim(path, "/"), "/", "-"))
		if err == nil {
			err = os.WriteFile(own, slices.Concat(before, []byte("\n"), pem), 0o644)
		}
		if err == nil {
			err = unix.Mount(own, real, "", unix.MS_BIND, "")
		}
		if err != nil {
			return fmt.Errorf("add authority to %s: %w", path, err)
		}
		done[real] = true
	}
	return nil
}

// shadow mounts a file of the world's over path. A file that the machine does not have cannot be shadowed, and
// nothing reads it either, unless it is resolv.conf.
func (w *World) shadow(path, content string) error {
	own := filepath.Join(w.Dir, filepath.Base(path))
	_, mounted := os.Stat(own)
	if err := os.WriteFile(own, []byte(content), 0o644); err != nil {
		return fmt.Errorf("shadow %s: %w", path, err)
	}
	if mounted == nil {
		return nil // The mount shows the file that was just written over.
	}
	if _, err := os.Stat(path); err != nil {
		if filepath.Base(path) == "resolv.conf" {
			return fmt.Errorf("shadow %s: %w", path, err)
		}
		return nil
	}
	if err := unix.Mount(own, path, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("shadow %s: %w", path, err)
	}
	return nil
}
