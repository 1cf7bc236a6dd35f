package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/verdict"
)

func (a *app) explain() *cobra.Command {
	folder, log := "", ""
	c := &cobra.Command{
		Use: "explain ID", Short: "Say what an experiment is, how it is made, and what is right",
		Long: "Says what an experiment is; or, with --log, what a line of a gateway's log means, as diagnose --log " +
			"does.",
		Example: "  gatequake explain refused\n" +
			"  gatequake explain --log '1024 worker_connections are not enough'",
		ValidArgsFunction: first(experimentIDs),
		Args: func(c *cobra.Command, args []string) error {
			switch {
			case !c.Flags().Changed("log"):
				return oneID(c, args)
			case len(args) > 0:
				return usage("explain: got %q and --log, want one of them", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("log") {
				return a.runDiagnose(c.Context(), symptoms{log: log})
			}
			e, err := catalog.Find(args[0])
			if err != nil {
				return err
			}
			all, err := candidates(folder)
			if err != nil {
				return err
			}
			return explanation(a.out, e, all)
		},
	}
	c.Flags().StringVar(&log, "log", "", "explain a `LINE` of a gateway's log instead")
	c.Flags().StringVar(&folder, "gateways", "", "a further `DIR` of gateway folders of your own")
	return c
}

// oneID accepts the ID of one experiment.
func oneID(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(
			"%s: got %d arguments, want the ID of one experiment; gatequake list shows them",
			c.Name(),
			len(args),
		)
	}
	_, err := each("experiment", args, experimentIDs())
	return err
}

// column is the width of the words on the left, and measure that of a line: short enough to read.
const (
	column  = 12
	measure = 100
)

// explanation writes what there is to say about an experiment.
func explanation(w io.Writer, e catalog.Experiment, all []*candidate) error {
	var b strings.Builder
	say := func(word, s string) {
		lines := strings.Split(text.WrapSoft(report.Safe(s), measure-column), "\n")
		for i, l := range lines {
			if i > 0 {
				word = ""
			}
			b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s%s", column, word, l), " ") + "\n")
		}
	}
	say(e.ID, "")
	b.WriteString("\n")
	if e.Block != nil {
		sayBlock(say, e)
	} else {
		sayFault(say, e)
	}
	say("needs", needs(e.Needs()))
	for _, n := range e.Needs() {
		say("", fmt.Sprintf("%s: %s", n, n.About()))
	}
	if e.Block == nil && e.Fault.ByLink != nil {
		say("--url", "The link makes it alone: also for a gateway that runs already.")
	}
	b.WriteString(
		"\nIt passes only if, before and after, the gateway serves its upstream's answers, the fault is proved, and " +
			"all of this holds:\n",
	)
	for _, c := range check.All() {
		if c.For == nil || c.For(e.Record().Terms) {
			fmt.Fprintf(&b, "  %-14s %s\n", c.ID, c.Promise)
		}
	}
	sayDeviations(&b, e, all)
	_, err := io.WriteString(w, b.String())
	return err
}

func sayFault(say func(word, s string), e catalog.Experiment) {
	f := e.Fault
	say("is", "What a client sees when "+e.Title()+".")
	say("", f.What)
	say("cause", string(f.Cause))
	say("made", f.Made)
	say("confirmed", f.Confirmed)
	want := policy.Document().Expect(e.Record())
	switch {
	case e.State == site.Balanced:
		say("expected", want.String()+": another member is well, and can answer whatever the broken one does.")
	case f.Control != nil:
		say(
			"expected",
			want.String()+": this is a control, not a fault. It shows that not everything is called a 502.",
		)
	case f.AfterHead:
		say(
			"expected",
			want.String()+": the head of the answer has been sent when the fault strikes. A gateway that holds it back "+
				"answers 502; any other must let "+
				"the client see that the body is cut.",
		)
	default:
		say(
			"expected",
			want.String()+": under the policy document every broken upstream is a 502, and the gateway itself says so.",
		)
	}
	if f.Tolerated != nil {
		say("tolerated", "a whole 200 of the upstream, unless the policy names this experiment: "+f.Tolerated.Why+".")
	}
	if f.Type != "" {
		say(
			"RFC 9209",
			fmt.Sprintf("Proxy-Status error type %s, for which it recommends %d.", f.Type, f.Type.Recommended()),
		)
	}
}

func sayBlock(say func(word, s string), e catalog.Experiment) {
	is := "A 403 for "
	if e.Block.Control != nil {
		is = "The answer to "
	}
	say("is", is+e.Title()+".")
	say("", e.Block.What)
	say("cause", "block: a refusal, which is not a cause of a 502")
	state := "The upstream is healthy. In +refused nothing listens there, in +silent-after-accept it never answers, " +
		"in +accept-queue-full it takes no connection."
	if e.Fault != nil {
		state = fmt.Sprintf("The upstream is broken by %s. %s %s", e.Fault.ID, e.Fault.Made, e.Fault.Confirmed)
	}
	say("made", "The gateway's configuration holds the refusal. "+state)
	for _, ask := range e.Block.First {
		say("let in", request(ask, "GET"))
	}
	for _, ask := range e.Block.Refused {
		say("refused", request(ask, "GET and a POST"))
	}
	for _, ask := range e.Block.LetIn {
		say("let in", request(ask, "GET"))
	}
	say(
		"expected",
		policy.Document().Expect(
			e.Record(),
		).String()+", and the upstream is never asked: a block is decided before anything else, whatever state the "+
			"upstream is in.",
	)
	if e.Block.Control == nil {
		say(
			"RFC 9209",
			fmt.Sprintf(
				"Proxy-Status error type %s, for which it recommends %d.",
				proxystatus.HTTPRequestDenied,
				proxystatus.HTTPRequestDenied.Recommended(),
			),
		)
	}
}

// request says what is asked by whom; otherwise is the method of an ask that names none.
func request(ask site.Ask, otherwise string) string {
	return fmt.Sprintf("a %s %s", cmp.Or(ask.Method, otherwise), ask.As)
}

// sayDeviations lists what the gateways' folders say about the experiment.
func sayDeviations(b *strings.Builder, e catalog.Experiment, all []*candidate) {
	head := "\nKnown deviations:\n"
	for _, c := range all {
		for _, d := range c.Deviations {
			if !slices.Contains(d.Experiments, e.ID) {
				continue
			}
			seen := d.Observed
			if len(d.Chance) > 0 {
				seen = "by chance: " + verdict.Chance{Outcomes: d.Chance}.String()
			}
			fmt.Fprintf(
				b,
				"%s  %s %s (%s): %s\n",
				head,
				report.Safe(c.Name),
				strings.Join(d.Settings, ", "),
				report.Safe(seen),
				report.Safe(d.Reason),
			)
			head = ""
		}
	}
}
