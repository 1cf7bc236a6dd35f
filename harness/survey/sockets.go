package survey

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/gatequake/gatequake/harness/upstream"
)

// clearSockets removes the sockets that the configuration mentions and that are there already, from the world:
// what listens at them outside is not in the world, and what is there later is the gateway's own.
func (s *survey) clearSockets() {
	for i, path := range s.words.sockets {
		if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeSocket != 0 && i >= len(s.sockets) {
			_ = os.Remove(path)
		}
	}
}

// addSockets lets an upstream of the harness answer at each socket that the configuration mentions and that the
// gateway has not made itself, which it was started to see. Where it checks its upstreams it is started again: those
// who answered at once are no pool with those who came later.
func (s *survey) addSockets(ctx context.Context) error {
	made := func(path string) bool {
		_, err := os.Stat(path)
		return !errors.Is(err, fs.ErrNotExist)
	}
	ours := slices.DeleteFunc(slices.Clone(s.words.sockets), made)
	theirs := slices.DeleteFunc(s.words.sockets, func(path string) bool { return slices.Contains(ours, path) })
	s.words.sockets = ours
	for _, path := range ours {
		l, err := ListenAt(path)
		if err != nil {
			return err
		}
		a := upstream.StartCatchAll(l, s.authority, s.nameOf)
		s.sockets = append(s.sockets, a)
		s.closers = append(s.closers, func() { _ = a.Close() })
	}
	if len(ours) == 0 || !mentionsChecks.MatchString(s.words.code) || s.process.Background() {
		return nil
	}
	s.process.Stop()
	for _, path := range theirs {
		_ = os.Remove(path)
	}
	s.own.Listeners = nil
	return s.startUp(ctx)
}

// mentionsChecks is how configurations say that upstreams are checked.
var mentionsChecks = regexp.MustCompile(`(?i)\b(?:http)?check\b|health|\bprobe\b`)

// ListenAt listens at a Unix socket that everybody may use, and makes its folder.
func ListenAt(path string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("listen at %s: %w", path, err)
	}
	l, err := net.Listen("unix", path)
	if err == nil {
		err = os.Chmod(path, 0o666) // Connecting takes the permission to write.
	}
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", path, err)
	}
	return l, nil
}
