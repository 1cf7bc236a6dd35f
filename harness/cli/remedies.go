package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/policy"
)

func (a *app) remedies() *cobra.Command {
	o := order{repeat: 1, workers: mostWorkers(), policy: policy.Document().Name}
	c := &cobra.Command{
		Use: "remedies", Short: "Try what people are told to do about an error page on every cause and block",
		Long: "Breaks the world in each way and refuses clients in each way, lets a client see the failure, and tries each remedy while it lasts, each with a client of its\n" +
			"own. A remedy helps only if the client is served with it and is not without it; that the world is still broken is proved after each.\n\n" + whatPeopleDo(),
		Example: "  gatequake remedies --gateway nginx --setting document\n  gatequake remedies --gateway builtin --only refused,user-agent-deny --remedy refresh,other-browser",
		Args:    nothing("argument"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.named(c); err != nil {
				return err
			}
			names, err := each("remedy", o.remedies, remedyNames())
			if err != nil {
				return err
			}
			if o.remedies = names; len(names) == 0 {
				o.remedies = remedyNames()
			}
			picked, err := pick(catalog.Trouble(), o.only, o.causes)
			if err != nil {
				return err
			}
			return a.runPicked(c.Context(), o, picked)
		},
	}
	o.flags(c)
	c.Flags().StringSliceVar(&o.remedies, "remedy", nil, "remedies to try, as `NAME,...` (default all)")
	complete(c, "remedy", listed(remedyNames))
	return c
}

// whatPeopleDo lists the remedies.
func whatPeopleDo() string {
	all := "Remedies, of somebody who\n"
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
