package harness

import (
	"os"
	"path/filepath"
)

// The files that a gateway serves below /files/: one that it may read, and one that it may not.
const (
	openFile   = "open.txt"
	lockedFile = "locked.txt"
)

// files is the folder that they are in.
func (b *Bench) files() string { return filepath.Join(b.World.Dir, "files") }

func (b *Bench) startFiles() error {
	if err := os.Mkdir(b.files(), 0o755); err != nil {
		return err
	}
	for name, mode := range map[string]os.FileMode{openFile: 0o644, lockedFile: 0} {
		path := filepath.Join(b.files(), name)
		if err := os.WriteFile(path, []byte("This is "+name+".\n"), 0o600); err != nil {
			return err
		}
		if err := os.Chmod(path, mode); err != nil { // Whatever the umask is.
			return err
		}
	}
	if os.Geteuid() != 0 || b.World.Sealed() {
		return nil
	}
	// A gateway that drops its privileges must get to its files in a portable world too: by their names, as nobody else may list the folder.
	return os.Chmod(b.World.Dir, 0o711)
}
