package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/judge"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

func (a *app) judge() *cobra.Command {
	o, name, folder := order{}, "", ""
	c := &cobra.Command{
		Use:   "judge FILE",
		Short: "Judge stored results again, under any policy",
		Long: "Judges what was seen in a run once more, with the promises of today and under the policy that is named,\n" +
			"and says what changed. No gateway is started. An experiment that was repeated stays as it is: of its runs\n" +
			"only one is stored whole. The new results are written as a report of their own.\n\n" +
			"Exit status: that of a run with these results.",
		Example: "  gatequake judge report/results.json --policy rfc9209",
		Args:    files(1, "one results.json"),
		RunE: func(_ *cobra.Command, args []string) error {
			stored, err := readResults("judge", args[0])
			if err != nil {
				return err
			}
			if name == "" {
				if name, err = policyOf(args[0], stored); err != nil {
					return err
				}
			}
			p, err := readPolicy(name)
			if err != nil {
				return err
			}
			known, err := candidates(folder)
			if err != nil {
				return err
			}
			judged := judgeAgain(stored, p, known)
			if _, err := fmt.Fprint(a.err, report.Changes(report.Diff(stored, judged))); err != nil {
				return unclear(fmt.Errorf("print changes: %w", err))
			}
			return a.remake(judged, o)
		},
	}
	c.Flags().StringVar(&name, "policy", name,
		"what each fault should be answered with: "+strings.Join(policyNames(), ", ")+", or a `FILE`; without it, the "+
			"policy that the run had")
	c.Flags().StringVar(
		&folder,
		"gateways",
		"",
		"`DIR` with folders of your own gateways, whose known deviations count",
	)
	// The results that are read mostly stand in report.
	c.Flags().StringVar(&o.report, "report", "judged", reportHelp())
	verboseFlag(c.Flags(), &o.verbose)
	c.Flags().BoolVar(&o.json, "json", false, "print results.json to standard output instead of the matrix")
	return c
}

// policyOf returns the name of the policy that the results in the file were judged by, if it is one that Gatequake has.
func policyOf(file string, r report.Run) (string, error) {
	name := ""
	for _, v := range r.Verdicts {
		switch {
		case name == "":
			name = v.Policy
		case v.Policy != name && v.Policy != "":
			return "", usage("judge: %s: got results judged by %s and by %s, want one policy: name it with --policy", file,
				name, v.Policy)
		}
	}
	name = cmp.Or(name, policy.Document().Name) // of results that nothing was concluded from
	if !slices.Contains(policyNames(), name) {
		return "", usage("judge: %s: its results were judged by a policy of your own, %s: give its file with --policy",
			file, name)
	}
	return name, nil
}

// judgeAgain concludes anew from what was seen in the run. The known deviations of a gateway count if it is among the
// candidates.
func judgeAgain(r report.Run, p policy.Policy, all []*candidate) report.Run {
	definitions := map[string]*gateway.Definition{}
	for _, c := range all {
		definitions[c.Name] = c.Definition
	}
	judged := make([]verdict.Verdict, len(r.Verdicts))
	for i, v := range r.Verdicts {
		if judged[i] = v; len(v.Runs) > 0 {
			continue
		}
		d := definitions[v.Gateway]
		if d == nil || v.Target != nil {
			d = &gateway.Definition{Name: v.Gateway, Like: definitions[v.Program]}
		}
		judged[i] = judge.Conclude(v.Record, p, d)
	}
	r.Verdicts = judged
	return r
}
