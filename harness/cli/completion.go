package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/policy"
)

// completer completes an argument or a flag's value.
type completer = func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective)

// listed completes the last name of a comma-separated list.
func listed(names func() []string) completer {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before, last := "", typed
		if i := strings.LastIndex(typed, ","); i >= 0 {
			before, last = typed[:i+1], typed[i+1:]
		}
		all := []string{}
		for _, n := range names() {
			if strings.HasPrefix(n, last) && !slices.Contains(strings.Split(before, ","), n) {
				all = append(all, before+n)
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// first completes the only argument of a command.
func first(names func() []string) completer {
	return func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return listed(names)(c, args, typed)
	}
}

// complete registers the completion of a flag. That can only fail for a flag that is not there: a slip in this package.
func complete(c *cobra.Command, flag string, f completer) {
	if err := c.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err)
	}
}

func completeRun(c *cobra.Command, o *order) {
	complete(c, "gateway", listed(func() []string { return append(gatewayNames(o.folder), allGateways) }))
	complete(c, "setting", listed(func() []string { return settingNames(o.folder) }))
	complete(c, "only", listed(experimentIDs))
	complete(c, "cause", listed(causeNames))
}

func policyNames() []string {
	names := []string{}
	for _, p := range policy.Policies() {
		names = append(names, p.Name)
	}
	return names
}

func experimentIDs() []string {
	ids := []string{}
	for _, e := range catalog.Experiments() {
		ids = append(ids, e.ID)
	}
	return ids
}

func causeNames() []string {
	names := []string{}
	for _, c := range cause.All() {
		names = append(names, string(c))
	}
	return names
}

// gatewayNames lists the gateways; none if the user's folder cannot be read, which the command itself will say.
func gatewayNames(folder string) []string {
	all, _ := candidates(folder)
	names := []string{}
	for _, c := range all {
		names = append(names, c.Name)
	}
	return names
}

// settingNames lists the settings that any gateway has.
func settingNames(folder string) []string {
	all, _ := candidates(folder)
	names := []string{}
	for _, c := range all {
		names = append(names, c.SettingNames()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
