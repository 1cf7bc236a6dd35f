// Command same tells whether two runs came to the same: a refactoring changes no verdict, no check, no status and no
// reason, but for words that were renamed. It reads results.json of any schema, and looks at nothing else.
//
//	go run ./ci/same -word 'by between=by intermediary' OLD/results.json NEW/results.json
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// cell is what a run says of one experiment, in words that do not differ by chance.
type cell struct {
	ID       string `json:"id"`
	Gateway  string `json:"gateway"`
	Setting  string `json:"setting"`
	Verdict  string `json:"verdict"`
	Expected string `json:"expected"`
	Observed string `json:"observed"`
	Reason   string `json:"reason"`
	Known    string `json:"known_deviation"`
	Checks   []struct {
		Name string `json:"name"`
		OK   bool   `json:"ok"`
		Of   string `json:"of"`
	} `json:"checks"`
}

func (c cell) name() string { return c.ID + " on " + c.Gateway + ", " + c.Setting }

// words are the renamed ones, old before new.
type words []string

func (w *words) String() string { return strings.Join(*w, ", ") }

// Set takes OLD=NEW.
func (w *words) Set(s string) error {
	from, to, ok := strings.Cut(s, "=")
	if !ok {
		return fmt.Errorf("got %q, want OLD=NEW", s)
	}
	*w = append(*w, from, to)
	return nil
}

// figures are times and counts, which differ from run to run.
var figures = regexp.MustCompile(`\d+(\.\d+)?(ms|s)?`)

// says puts a cell into lines. The checks of a pool, or of a load, are as many as there were requests: each kind
// counts once.
func (c cell) says(renamed words) string {
	checks := []string{}
	for _, k := range c.Checks {
		checks = append(checks, fmt.Sprintf("%s of %s: %t", k.Name, k.Of, k.OK))
	}
	slices.Sort(checks)
	lines := []string{
		"verdict " + c.Verdict, "expected " + c.Expected, "observed " + figures.ReplaceAllString(c.Observed, "N"),
		"reason " + figures.ReplaceAllString(c.Reason, "N"), "known " + c.Known,
	}
	return strings.NewReplacer(renamed...).Replace(strings.Join(append(lines, slices.Compact(checks)...), "\n  "))
}

func read(file string) (map[string]cell, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var run struct {
		Experiments []cell `json:"experiments"`
	}
	if err := json.Unmarshal(text, &run); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	all := map[string]cell{}
	for _, c := range run.Experiments {
		all[c.name()] = c
	}
	return all, nil
}

// compare prints what differs of the cells that both runs have, and returns how many there are, and how many differ.
func compare(before, after map[string]cell, renamed words) (both, differ int) {
	for name, now := range after {
		then, ok := before[name]
		if !ok {
			continue
		}
		both++
		if a, b := then.says(renamed), now.says(renamed); a != b {
			differ++
			fmt.Printf("%s\nwas\n  %s\nis\n  %s\n", name, a, b)
		}
	}
	return both, differ
}

func main() {
	renamed := words{}
	flag.Var(&renamed, "word", "`OLD=NEW`: a word that was renamed; may be given several times")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintf(os.Stderr, "same: got %d files, want two results.json, the old one first\n", flag.NArg())
		os.Exit(64)
	}
	before, err := read(flag.Arg(0))
	if err == nil {
		var after map[string]cell
		if after, err = read(flag.Arg(1)); err == nil {
			both, differ := compare(before, after, renamed)
			fmt.Printf("%d experiments in both, %d differ\n", both, differ)
			if both == 0 || differ > 0 {
				os.Exit(1)
			}
			return
		}
	}
	fmt.Fprintln(os.Stderr, "same:", err)
	os.Exit(64)
}
