package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/catalog"
)

// allRemedies stands for every remedy.
const allRemedies = "all"

// runRemedies tries the remedies of the order in place of the probes.
func (a *app) runRemedies(ctx context.Context, o order) error {
	names, err := each("remedy", o.remedies, append(remedyNames(), allRemedies))
	if err != nil {
		return err
	}
	if o.remedies = names; slices.Contains(names, allRemedies) {
		o.remedies = remedyNames()
	}
	picked, err := pick(catalog.Trouble(), o.only, o.causes)
	if err != nil {
		return err
	}
	return a.runPicked(ctx, o, picked)
}

// aboutRemedies says what --remedies does, and lists them.
func aboutRemedies() string {
	all := "With --remedies it tries what people are told to do about an error page. It breaks the world in each way\n" +
		"and refuses clients in each way, lets a client see the failure, and tries each remedy while it lasts, each\n" +
		"with a client of its own. A remedy helps only if the client is served with it and is not without it; that the\n" +
		"world is still broken is proved after each.\n\nRemedies, of somebody who\n"
	for _, r := range catalog.Remedies() {
		all += fmt.Sprintf("  %-24s %s\n", r.ID, r.Title)
	}
	return strings.TrimRight(all, "\n")
}

func remedyNames() []string {
	names := []string{}
	for _, r := range catalog.Remedies() {
		names = append(names, r.ID)
	}
	return names
}
