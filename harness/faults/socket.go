package faults

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// UnixSocketMissing is an upstream whose socket is gone.
var UnixSocketMissing = catalog.RegisterFault(catalog.Fault{
	ID: "unix-socket-missing", Title: "the upstream's Unix socket is not there",
	Cause: cause.Configuration, Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce, Route: site.RouteUnix,
	What: "The upstream was not started, it makes its socket elsewhere, or a cleaner of temporary files was " +
		"thorough. A socket is a file: where there is none, connecting fails at once.",
	Made:      "The socket, on which the upstream goes on listening, is given another name.",
	Confirmed: "Gatequake's own dial to the path gets ENOENT.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		aside := b.Plan.Socket + ".aside"
		if err := os.Rename(b.Plan.Socket, aside); err != nil {
			return nil, err
		}
		return &catalog.Injection{
			Undo: func(context.Context) error {
				// The socket may be back already.
				if err := os.Rename(aside, b.Plan.Socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
				return nil
			},
			Confirm: knocks(b, "", dialUnix, syscall.ENOENT),
		}, nil
	},
})

// UnixSocketForbidden is an upstream whose socket is for others.
var UnixSocketForbidden = catalog.RegisterFault(catalog.Fault{
	ID: "unix-socket-forbidden", Title: "the gateway may not use the upstream's Unix socket",
	Cause: cause.Configuration, Type: proxystatus.ConnectionRefused, Phase: catalog.AtOnce, Route: site.RouteUnix,
	Needs: []world.Need{world.FileModes},
	What: "The socket is there and somebody listens; its mode lets the upstream's own user in, and the gateway " +
		"runs as another. It is the commonest mistake with application servers on a socket, and looks from outside " +
		"like a dead upstream.",
	Made:      "The socket's mode is set to 0; a gateway that is started as root runs as another user.",
	Confirmed: "Gatequake's own dial to the path gets EACCES, made as the user that a gateway runs as who gave root up.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		before, err := os.Stat(b.Plan.Socket)
		if err != nil {
			return nil, err
		}
		if err := os.Chmod(b.Plan.Socket, 0); err != nil {
			return nil, err
		}
		undo := func(context.Context) error { return os.Chmod(b.Plan.Socket, before.Mode().Perm()) }
		return &catalog.Injection{Undo: undo, Confirm: knocks(b, ", as nobody", dialAsNobody, syscall.EACCES)}, nil
	},
})

// dialUnix connects to the socket at path.
func dialUnix(path string) error {
	c, err := net.Dial("unix", path)
	if err == nil {
		_ = c.Close()
	}
	return err
}

// knocks confirms what comes of connecting to the upstream's socket.
func knocks(b *site.Bench, how string, dial func(path string) error, want syscall.Errno) confirmation {
	return func(context.Context) (string, error) {
		if err := dial(b.Plan.Socket); !errors.Is(err, want) {
			return "", fmt.Errorf("dial the socket%s: got %w, want %w", how, err, want)
		}
		return fmt.Sprintf("Gatequake's own dial to the socket%s: %v", how, want), nil
	}
}
