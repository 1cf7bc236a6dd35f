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
	{"/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone is 0; to allow it: sysctl -w kernel.unprivileged_userns_clone=1"},
	{
		"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
		"sysctl kernel.apparmor_restrict_unprivileged_userns is 1; to allow it: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
	},
	{"/proc/sys/user/max_user_namespaces", "0", "sysctl user.max_user_namespaces is 0; to allow it: sysctl -w user.max_user_namespaces=10000"},
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
	if len(found) == 0 && forbidden(w.Err) {
		found = append(found, "no sysctl forbids it: if this is a container, its profile does; start it with "+
			"--cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined")
	}
	return found
}

// forbidden reports whether the system knows namespaces but does not let us have them. What a world's own first process met comes back as text only.
func forbidden(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || strings.Contains(err.Error(), syscall.EPERM.Error()) ||
		strings.Contains(err.Error(), syscall.EACCES.Error())
}
