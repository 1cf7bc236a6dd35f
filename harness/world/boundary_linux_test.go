package world

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// capabilities by their numbers, from 0 (linux/capability.h).
var capabilities = strings.Fields(`CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP
	LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT
	SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE
	AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF
	CHECKPOINT_RESTORE`)

// TestBoundaryListsTheCapabilities holds that the page names those that a gateway has, as root and without.
func TestBoundaryListsTheCapabilities(t *testing.T) {
	text, err := os.ReadFile("boundary.md")
	if err != nil {
		t.Fatal(err)
	}
	given := slices.DeleteFunc(slices.Clone(ambient), func(c uintptr) bool { return !slices.Contains(granted, c) })
	for who, all := range map[string][]uintptr{"as root": granted, "without root": given} {
		names := []string{}
		for _, c := range all {
			names = append(names, capabilities[c])
		}
		if want := who + ": " + strings.Join(names, ", ") + "\n"; !strings.Contains(string(text), want) {
			t.Errorf("got no %q in boundary.md, want it there", want)
		}
	}
}
