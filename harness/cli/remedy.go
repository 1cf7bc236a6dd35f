package cli

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"syscall"

	"github.com/gatequake/gatequake/harness/world"
)

// hindrances are the switches by which a Linux system forbids unprivileged namespaces.
var hindrances = []struct{ file, forbids, remedy string }{
	{
		"/proc/sys/kernel/unprivileged_userns_clone",
		"0",
		"sysctl kernel.unprivileged_userns_clone is 0; to allow it: sysctl -w kernel.unprivileged_userns_clone=1",
	},
	{
		"/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
		"1",
		"sysctl kernel.apparmor_restrict_unprivileged_userns is 1; to allow it: sysctl -w " +
			"kernel.apparmor_restrict_unprivileged_userns=0",
	},
	{
		"/proc/sys/user/max_user_namespaces",
		"0",
		"sysctl user.max_user_namespaces is 0; to allow it: sysctl -w user.max_user_namespaces=10000",
	},
}

// remedies says what would make the world work, as far as can be told.
func remedies(w world.Ability) []string {
	switch {
	case runtime.GOOS != "linux":
		return []string{"only Linux has namespaces: use a Linux machine, a virtual one or a container"}
	case w.Mode == world.Root && os.Geteuid() != 0:
		return nil // Its error says what it needs.
	}
	found := []string{}
	if w.Mode == world.User {
		for _, h := range hindrances {
			if value, err := os.ReadFile(h.file); err == nil && strings.TrimSpace(string(value)) == h.forbids {
				found = append(found, h.remedy)
			}
		}
	}
	switch {
	case len(found) > 0:
	case says(w.Err, syscall.EPERM), says(w.Err, syscall.EACCES):
		found = append(found, "a capability is missing, or a security profile forbids it; a container may with "+
			"--cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined")
	case says(w.Err, syscall.EROFS):
		found = append(
			found,
			"something that must be written is mounted read-only; a container may with --security-opt systempaths=unconfined",
		)
	}
	return found
}

// says reports whether err is, or tells of, the system's error n. What a world's own first process met comes back as
// text only.
func says(err error, n syscall.Errno) bool {
	return errors.Is(err, n) || strings.Contains(err.Error(), n.Error())
}
