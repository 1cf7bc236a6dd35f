package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/world"
)

// inventory is everything there is, or the part that was asked for.
type inventory struct {
	Faults   []listedFault   `json:"faults,omitempty"`
	Blocks   []listedBlock   `json:"blocks,omitempty"`
	Gateways []listedGateway `json:"gateways,omitempty"`
}

type listedFault struct {
	ID        string                `json:"id"`
	Cause     cause.Cause           `json:"cause"`
	ErrorType proxystatus.ErrorType `json:"error_type,omitempty"`
	Title     string                `json:"title"`
	Expected  string                `json:"expected"`
	Needs     []world.Need          `json:"needs"`
}

type listedBlock struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	Expected string       `json:"expected"`
	Needs    []world.Need `json:"needs"`
	control  bool
}

type listedGateway struct {
	Name      string   `json:"name"`
	About     string   `json:"about"`
	Installed bool     `json:"installed"`
	Version   string   `json:"version,omitempty"`
	Install   string   `json:"install,omitempty"`
	Problem   string   `json:"problem,omitempty"`
	Settings  []string `json:"settings"`
}

// parts of an inventory, by the word that asks for them.
var parts = []string{"faults", "blocks", "gateways"}

func (a *app) list() *cobra.Command {
	asJSON, wide, folder := false, false, ""
	c := &cobra.Command{
		Use:               "list [faults|blocks|gateways]",
		Short:             "List what can be broken, what is refused, and the gateways",
		Example:           "  gatequake list\n  gatequake list faults --wide",
		ValidArgsFunction: first(func() []string { return parts }),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(
					"%s: got %d arguments, want one of %s, or none",
					c.Name(),
					len(args),
					strings.Join(parts, ", "),
				)
			}
			_, err := each("list", args, parts)
			return err
		},
		RunE: func(c *cobra.Command, args []string) error {
			i, err := a.inventory(c.Context(), args, folder)
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.out)
				e.SetIndent("", "  ")
				return e.Encode(i)
			}
			if wide {
				i.print(a.out)
			} else {
				i.printNarrow(a.out)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&wide, "wide", false, "one line for each, with its error type, what it needs and the right answer")
	c.Flags().StringVar(&folder, "gateways", "", "a further `DIR` of gateway folders of your own")
	return c
}

func (a *app) inventory(ctx context.Context, asked []string, folder string) (inventory, error) {
	wanted := map[string]bool{}
	for _, p := range parts {
		wanted[p] = len(asked) == 0 || asked[0] == p
	}
	i := inventory{}
	if wanted["faults"] {
		for _, f := range catalog.Faults() {
			i.Faults = append(i.Faults, listedFault{
				f.ID,
				f.Cause,
				f.Type,
				f.Title,
				policy.Document().Expect(f.Experiment().Record()).String(),
				append([]world.Need{}, f.Needs...),
			})
		}
	}
	if wanted["blocks"] {
		for _, b := range catalog.Blocks() {
			i.Blocks = append(
				i.Blocks,
				listedBlock{
					b.ID,
					b.Title,
					b.Expected().String(),
					append([]world.Need{}, b.Needs...),
					b.Control != nil,
				},
			)
		}
	}
	all, err := candidates(folder)
	if err != nil || !wanted["gateways"] {
		return i, err
	}
	for _, c := range all {
		g := listedGateway{
			Name:      c.Name,
			About:     c.About,
			Installed: c.find(ctx),
			Version:   c.version,
			Settings:  c.SettingNames(),
		}
		if errors.Is(c.err, gateway.ErrNotInstalled) {
			g.Install = c.Install
		} else if c.err != nil {
			g.Problem = c.err.Error()
		}
		i.Gateways = append(i.Gateways, g)
	}
	return i, nil
}

// printNarrow writes what there is in lines that every terminal has room for: faults by their causes.
func (i inventory) printNarrow(w io.Writer) {
	entry := func(name, says string) {
		const column = 30
		_, _ = fmt.Fprintf(w, "  %-*s%s\n", column-2, report.Safe(name), softly(report.Safe(says), column))
	}
	title := func(text string) { _, _ = fmt.Fprintf(w, "%s\n", text) }
	for _, c := range cause.All() {
		first := true
		for _, f := range i.Faults {
			if f.Cause != c {
				continue
			}
			if first {
				title("FAULTS: " + string(c))
				first = false
			}
			entry(f.ID, f.Title)
		}
		if !first {
			title("")
		}
	}
	if len(i.Blocks) > 0 {
		title("BLOCKS")
	}
	for _, b := range i.Blocks {
		entry(b.ID, b.Title)
	}
	if len(i.Blocks) > 0 && len(i.Gateways) > 0 {
		title("")
	}
	if len(i.Gateways) > 0 {
		title("GATEWAYS")
	}
	for _, g := range i.Gateways {
		says := strings.TrimSpace(g.Version) + ": " + g.About
		switch {
		case g.Problem != "":
			says = "does not work: " + g.Problem
		case !g.Installed:
			says = "not installed; to get it: " + g.Install
		}
		entry(g.Name, says)
	}
	if len(i.Faults)+len(i.Blocks) > 0 {
		title("\nMore of one: gatequake explain ID. With error types and right answers: --wide")
	}
}

// print writes the inventory as tables.
func (i inventory) print(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer func() { _ = t.Flush() }()
	line := func(cells ...string) {
		_, _ = fmt.Fprintln(t, report.Safe(cells[0])+"\t"+strings.Join(cells[1:], "\t"))
	}
	if len(i.Faults) > 0 {
		line("FAULT", "CAUSE", "RFC 9209", "NEEDS", "THE ANSWER MUST BE")
	}
	for _, f := range i.Faults {
		line(f.ID, string(f.Cause), orDash(string(f.ErrorType)), needs(f.Needs), f.Expected+" when "+f.Title)
	}
	if len(i.Faults) > 0 && len(i.Blocks) > 0 {
		line("")
	}
	if len(i.Blocks) > 0 {
		line("BLOCK", "CAUSE", "RFC 9209", "NEEDS", "THE ANSWER MUST BE")
	}
	for _, b := range i.Blocks {
		kind := string(proxystatus.HTTPRequestDenied)
		if b.control {
			kind = ""
		}
		line(b.ID, string(cause.Blocked), orDash(kind), needs(b.Needs), b.Expected+" for "+b.Title)
	}
	_ = t.Flush()
	if len(i.Blocks) > 0 && len(i.Gateways) > 0 {
		line("")
	}
	if len(i.Gateways) > 0 {
		line("GATEWAY", "VERSION", "SETTINGS", "WHAT IT IS")
	}
	for _, g := range i.Gateways {
		version, about := g.Version, g.About
		if !g.Installed {
			version, about = "not installed", "to get it: "+g.Install
		}
		if g.Problem != "" {
			version, about = "does not work", g.Problem
		}
		line(g.Name, report.Safe(version), strings.Join(g.Settings, ", "), report.Safe(about))
	}
}

func needs(all []world.Need) string {
	names := []string{}
	for _, n := range all {
		names = append(names, string(n))
	}
	return orDash(strings.Join(names, ", "))
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
