package report

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// reserve holds n bytes of the disk for the file without making it longer. A file system that cannot do that holds
// nothing, and there is no error.
func reserve(f *os.File, n int64) error {
	err := unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, n)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		return nil
	}
	return err
}
