package world

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
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

// TestBoundaryListsWhatThereIs holds that the page names the devices that a world has, its bounds of files, and the
// sockets that can be made in it.
func TestBoundaryListsWhatThereIs(t *testing.T) {
	text, err := os.ReadFile("boundary.md")
	if err != nil {
		t.Fatal(err)
	}
	size, files := 0, 0
	if n, err := fmt.Sscanf(bounds, "size=%dg,nr_inodes=%dk", &size, &files); n != 2 || err != nil {
		t.Fatalf("got the bounds %q, want them in GiB and thousands of 1024", bounds)
	}
	files *= 1024
	for _, want := range []string{
		"`" + strings.Join(harmless, "`, `") + "`",
		fmt.Sprintf("%d GiB of memory for %d,%03d files", size, files/1000, files%1000),
		"Only Internet, Unix, packet and netlink sockets",
		"of netlink only routes, socket diagnosis, firewall and generic",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("got no %q in boundary.md, want it there", want)
		}
	}
	if want := []uint32{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK, unix.AF_PACKET}; !slices.Equal(
		families, want,
	) {
		t.Errorf("got the families %v, want %v, which the page names", families, want)
	}
	if want := []uint32{
		unix.NETLINK_ROUTE, unix.NETLINK_SOCK_DIAG, unix.NETLINK_NETFILTER, unix.NETLINK_GENERIC,
	}; !slices.Equal(protocols, want) {
		t.Errorf("got the protocols of netlink %v, want %v, which the page names", protocols, want)
	}
}
