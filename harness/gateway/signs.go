package gateway

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Signs tell that a command of the user's own is this gateway.
type Signs struct {
	// Programs are the names of its program; without them, its name.
	Programs []string `yaml:"programs"`
	// Server is what it calls itself in the field Server or Via of its answers; without it, its name. Case does
	// not matter.
	Server string `yaml:"server"`
}

// Runs returns the word of the command that is this gateway's program: the command itself, or one that a wrapper
// starts, such as docker-entrypoint.sh or env.
func (d *Definition) Runs(command []string) (program string, ok bool) {
	for i, word := range command {
		if base := filepath.Base(word); base != d.Name && !slices.Contains(d.Signs.Programs, base) {
			continue
		}
		if _, err := exec.LookPath(word); i == 0 || err == nil { // A folder may have the name, too.
			return word, true
		}
	}
	return "", false
}

// Signed reports whether the field Server or Via of an answer names this gateway, and in which version, "" for
// one that does not say.
func (d *Definition) Signed(field string) (version string, ok bool) {
	name := d.Signs.Server
	if name == "" {
		name = d.Name
	}
	m := regexp.MustCompile(`(?i)(?:^|[\s(])` + regexp.QuoteMeta(name) + `(?:/([0-9.]+))?(?:$|[\s)])`).
		FindStringSubmatch(strings.TrimSpace(field))
	if m == nil {
		return "", false
	}
	return m[1], true
}
