// Package gateway runs the system under test: it reads a gateway's folder, renders its configuration, starts it,
// watches it, collects its log, and stops it.
//
//	fixtures/gateways/NAME/gateway.yaml + SETTING/ templates ──Vars──> files in the world ──> process ──> log lines
//
// A gateway is data. There is no Go code per gateway, but for the built-in one, which is this binary in another role.
package gateway

import (
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/yamldoc"
)

// Definition is one gateway's folder, read. It carries the templates' text, so that it can be sent into a world.
type Definition struct {
	// Name is the folder's name.
	Name string `yaml:"-"`
	// About says in one line what it is.
	About string `yaml:"about"`
	// Command starts the gateway in the foreground. Each argument is a template over Vars. A first argument @ROLE
	// is this binary in that role.
	Command []string `yaml:"command"`
	// Env are the variables that it gets besides Inherited: NAME with the caller's value, or NAME=VALUE.
	Env []string `yaml:"env"`
	// Own is not nil for a gateway that has no folder: one of the user's own, with its own configuration.
	Own *Own `yaml:"-"`
	// User is who the gateway runs as where it would otherwise be root. Empty for one that drops its privileges
	// by itself.
	User string `yaml:"user"`
	// Version tells which version is installed.
	Version Version `yaml:"version"`
	// Install is the hint for a machine that lacks it.
	Install string `yaml:"install"`
	// Logs are the files, below the world's folder, that the gateway logs to besides its standard output and error.
	Logs []string `yaml:"logs"`
	// LogsLate is how long after an event the gateway's lines about it are in its log at the latest; for those that
	// write what has gathered from time to time. Zero: they are there as soon as the answer is.
	LogsLate time.Duration `yaml:"logs-late"`
	// Resolves is how long after a change of names the gateway has noticed it at the latest; for those that
	// resolve in the background. Zero: it asks when it needs to know.
	Resolves time.Duration `yaml:"resolves"`
	// Reload is how it takes on another configuration while it serves.
	Reload Reload `yaml:"reload"`
	// Settings by name.
	Settings map[string]Setting `yaml:"settings"`
	// Cannot holds the experiments that the gateway cannot express in any setting, by ID (of a block: in every
	// state of its upstream; of a fault: in every state of the gateway), by ~PROTOCOL for all those over a protocol, or
	// by the path of a route, such as /secure/, for all those of the route, each with the reason.
	Cannot map[string]string `yaml:"cannot"`
	// Fixes are what its users can do about a fail, and Signs tell that a configuration is of its kind. They, and
	// Like, are for the process outside of the world.
	Fixes Fixes `yaml:"-" json:"-"`
	Signs Signs `yaml:"signs"`
	// Like, of a gateway of the user's own, is the known gateway that it is; nil for one that is none of them.
	Like *Definition `yaml:"-" json:"-"`
	// Deviations are the known ones.
	Deviations []verdict.Deviation `yaml:"deviations"`
}

// Version is a command and the regular expression whose first group is the version in its output.
type Version struct {
	Command []string `yaml:"command"`
	Pattern string   `yaml:"pattern"`
}

// Setting is one named configuration of a gateway.
type Setting struct {
	// About says in one line what it is for.
	About string `yaml:"about"`
	// Within tells by when the gateway has answered, by the phase of the exchange with the upstream that went wrong.
	Within Within `yaml:"within"`
	// Files are the templates of the setting's folder by name.
	Files map[string]string `yaml:"-"`
}

// Within holds, for each phase that a fault can strike, how long the configuration lets a client wait for an
// answer, retries of the gateway included.
type Within struct {
	// AtOnce is for what the gateway sees without waiting: a refusal, a close, a broken answer. Not zero for
	// those that pause before a retry.
	AtOnce time.Duration `yaml:"at-once"`
	// Resolve is for a name that cannot be resolved.
	Resolve time.Duration `yaml:"resolve"`
	// Connect is for a connection, with its TLS handshake, that cannot be made.
	Connect time.Duration `yaml:"connect"`
	// Response is for an answer that does not come.
	Response time.Duration `yaml:"response"`
}

// All reads every folder of files, sorted by name.
func All(files fs.FS) ([]*Definition, error) {
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("list gateways: %w", err)
	}
	all := []*Definition{}
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		d, err := Load(files, f.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// Load reads the folder name of files.
func Load(files fs.FS, name string) (*Definition, error) {
	file := path.Join(name, "gateway.yaml")
	text, err := foreign.ReadIn(files, file, foreign.MostWritten)
	if err != nil {
		return nil, fmt.Errorf("read gateway %s: %w", name, err)
	}
	d := &Definition{}
	const want = "what describes a gateway: about, command, version, install, settings"
	if _, err := yamldoc.Read(file, text, d, want); err != nil {
		return nil, fmt.Errorf("read %w", err)
	}
	d.Name = name
	if d.Fixes, err = loadFixes(files, name); err != nil {
		return nil, err
	}
	for setting, s := range d.Settings {
		if s.Files, err = templates(files, path.Join(name, setting)); err != nil {
			return nil, fmt.Errorf("read %s: setting %s: %w", file, setting, err)
		}
		d.Settings[setting] = s
	}
	return d, d.validate(file)
}

// SettingNames lists the settings, sorted.
func (d *Definition) SettingNames() []string {
	names := []string{}
	for n := range d.Settings {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

func (d *Definition) validate(file string) error {
	missing := []string{}
	for what, there := range map[string]bool{
		"about": d.About != "", "command": len(d.Command) > 0, "version.command": len(d.Version.Command) > 0,
		"version.pattern": d.Version.Pattern != "", "install": d.Install != "", "settings": len(d.Settings) > 0,
	} {
		if !there {
			missing = append(missing, what)
		}
	}
	if sort.Strings(missing); len(missing) > 0 {
		return fmt.Errorf("read %s: missing %s", file, strings.Join(missing, ", "))
	}
	if err := d.Reload.validate(); err != nil {
		return fmt.Errorf("read %s: reload: %w", file, err)
	}
	for i := range d.Deviations {
		if err := d.Deviations[i].Validate(); err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
	}
	return d.tryTemplates(file)
}

// tryTemplates renders everything once, with nothing set and with everything: a slip is found before anything runs.
func (d *Definition) tryTemplates(file string) error {
	texts := map[string]string{}
	for what, command := range map[string][]string{
		"command": d.Command, "reload.start": d.Reload.Start,
		"reload.successor": d.Reload.Successor,
	} {
		for i, argument := range command {
			texts[fmt.Sprintf("%s: %s: argument %d", file, what, i+1)] = argument
		}
	}
	for setting, s := range d.Settings {
		for name, text := range s.Files {
			texts[path.Join(d.Name, setting, name)] = text
		}
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		for _, v := range []Vars{{}, {
			Down: true, Root: true, Listen6: netip.MustParseAddrPort("[::1]:1"),
			Third: netip.MustParseAddrPort("127.0.0.1:1"),
		}} {
			if _, err := render(name, texts[name], v); err != nil {
				return err
			}
		}
	}
	return nil
}

func templates(files fs.FS, folder string) (map[string]string, error) {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, e := range entries {
		text, err := foreign.ReadIn(files, path.Join(folder, e.Name()), foreign.MostWritten)
		if err != nil {
			return nil, err
		}
		all[e.Name()] = string(text)
	}
	return all, nil
}
