package gateway

import (
	"fmt"
	"os/user"
	"strconv"
	"syscall"
)

// become makes a process start as the user with the name, with that user's own group and no other.
func become(attributes *syscall.SysProcAttr, name string) error {
	u, err := user.Lookup(name)
	if err != nil {
		return fmt.Errorf("become %s: %w", name, err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return fmt.Errorf("become %s: %w", name, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return fmt.Errorf("become %s: %w", name, err)
	}
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return nil
}
