package gateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/verdict"
)

// Kind says whose a gateway's configuration is, and who starts the gateway.
type Kind int

// The kinds.
const (
	// KindKnown has a folder: the harness writes its configuration, and starts it.
	KindKnown Kind = iota
	// KindOwn has the user's own configuration; the harness starts it, in a world.
	KindOwn
	// KindElsewhere runs already: the harness neither configures nor starts it.
	KindElsewhere
)

// Kind returns the gateway's. No other code asks whether Own or Elsewhere is nil; ci holds that.
func (d *Definition) Kind() Kind {
	if d.Own == nil {
		return KindKnown
	}
	return d.Own.Kind()
}

// Kind is KindOwn or KindElsewhere.
func (o *Own) Kind() Kind {
	if o.Elsewhere == nil {
		return KindOwn
	}
	return KindElsewhere
}

// Folders lists the folders outside of the world in which the gateway may write: none of a known gateway, which has
// its own in the world.
func (d *Definition) Folders() []string {
	if d.Kind() == KindKnown {
		return nil
	}
	return d.Own.Folders()
}

// Target returns what the setting stands for. The settings of a known gateway are no targets, and an error.
func (d *Definition) Target(setting string) (Target, error) {
	if d.Kind() == KindKnown {
		return Target{}, fmt.Errorf("%s has no targets: its settings are folders", d.Name)
	}
	return d.Own.Target(setting)
}

// Uses reports whether the gateway's command, or a template of the setting, mentions the variable of Vars.
func (d *Definition) Uses(setting, variable string) bool {
	mentions := func(text string) bool { return strings.Contains(text, "."+variable) }
	for _, text := range d.Settings[setting].Files {
		if mentions(text) {
			return true
		}
	}
	return slices.ContainsFunc(d.Command, mentions)
}

// Lacks reports whether the gateway's configuration is known to express nothing that the variable of Vars stands for.
// What a configuration of the user's own expresses, its text does not tell.
func (d *Definition) Lacks(setting, variable string) bool {
	return d.Kind() == KindKnown && !d.Uses(setting, variable)
}

// Holds reports whether the gateway claims to hold the block of the catalogue in the setting. One of the user's own
// does not, as its blocks are tried by themselves; nor does one that is known not to hold it, which is told so in the
// block's own row, and not in every other.
func (d *Definition) Holds(block, setting string) bool {
	_, cannot := d.Cannot[block]
	return d.Kind() == KindKnown && !cannot && !slices.ContainsFunc(d.Deviations, func(known verdict.Deviation) bool {
		return slices.Contains(known.Experiments, block) && slices.Contains(known.Settings, setting)
	})
}
