package spec

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/gateway"
	_ "github.com/gatequake/gatequake/harness/gateway/builtin" // lets this binary be the built-in gateway
	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/world"
)

// The environment that says what is tested.
const (
	environGateway  = "GATEQUAKE_GATEWAY"
	environSetting  = "GATEQUAKE_SETTING"
	environPortable = "GATEQUAKE_PORTABLE"
)

// document is the setting in which a gateway is tested unless the environment says otherwise.
const document = "document"

// subject is the gateway under test.
type subject struct {
	Gateway *gateway.Definition `json:"gateway"`
	Version string              `json:"version"`
	Setting string              `json:"setting"`
}

// underTest reads the environment and finds the gateway. It does so once in a process, when the first spec needs it:
// listing specs needs no gateway.
var underTest = sync.OnceValues(func() (s subject, err error) {
	s.Setting = environment(environSetting, document)
	if s.Gateway, err = load(environment(environGateway, "builtin")); err != nil {
		return s, fmt.Errorf("read %s: %w", environGateway, err)
	}
	if _, there := s.Gateway.Settings[s.Setting]; !there {
		return s, fmt.Errorf("read %s: no setting %q of %s; there are: %s", environSetting, s.Setting, s.Gateway.Name,
			strings.Join(s.Gateway.SettingNames(), ", "))
	}
	s.Version, err = s.Gateway.Find(context.Background())
	return s, err
})

func environment(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// load reads a known gateway's folder, or the one at a path.
func load(name string) (*gateway.Definition, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		return gateway.Load(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	}
	folders, err := fs.ReadDir(fixtures.Gateways(), ".")
	if err != nil {
		return nil, err
	}
	known := []string{}
	for _, f := range folders {
		if f.Name() == name {
			return gateway.Load(fixtures.Gateways(), name)
		}
		known = append(known, f.Name())
	}
	return nil, fmt.Errorf("no gateway %q; there are: %s", name, strings.Join(known, ", "))
}

// mode returns how worlds are made.
func mode() world.Mode {
	if os.Getenv(environPortable) == "1" {
		return world.Portable
	}
	return world.Auto
}

// known returns why the gateway is known to fail the experiment with the ID, and "" if it is not.
func (s subject) known(id string) (string, error) {
	entry, err := judge.Listed(
		verdict.Verdict{Record: record.Record{ID: id, Version: s.Version, Setting: s.Setting}},
		s.Gateway,
	)
	if entry == nil {
		return "", err
	}
	return entry.Reason, nil
}
