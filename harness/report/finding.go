package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Finding is one way in which clients of a gateway of the user's own were hurt, or all that one change of its
// configuration mends, with the evidence. All but Class, Targets and Cells is of the first of the worst of its cells.
type Finding struct {
	Harm  check.Harm
	Class verdict.Class
	// What says what a client got, and what was promised.
	What string
	// Evidence proves that the upstream was broken so, and Log is what the gateway said of it.
	Evidence, Log string
	Fix           *verdict.Fix
	// Said is, where no fix is known, what the gateway's log says of a mistake of its own; nil if it says none.
	Said *verdict.Said
	// Replay is the command that shows it again.
	Replay string
	// Targets are where it was seen, in words, and Cells the experiments.
	Targets []string
	Cells   []verdict.Verdict
}

// Targeted splits the run into the verdicts on gateways of the user's own, which have a target, and the others.
func (r Run) Targeted() (own, others Run) {
	own, others = r, r
	own.Verdicts, others.Verdicts = nil, nil
	for _, v := range r.Verdicts {
		if v.Target != nil {
			own.Verdicts = append(own.Verdicts, v)
		} else {
			others.Verdicts = append(others.Verdicts, v)
		}
	}
	return own, others
}

// Findings lists what makes the run of a gateway of the user's own fail: the same is said once, with all the targets
// where it was seen. What is to be fixed comes first, and of that the worst.
func (r Run) Findings() []Finding {
	all, place := []Finding{}, map[string]int{}
	for _, v := range r.Verdicts {
		if v.Target == nil || KindOf(v) != Fail {
			continue
		}
		f := findingOf(v)
		i, known := place[f.key()]
		if !known {
			i, place[f.key()] = len(all), len(all)
			all = append(all, f)
		}
		f.Targets, f.Cells = all[i].Targets, all[i].Cells
		if f.Harm.Severity() < all[i].Harm.Severity() {
			all[i] = f
		}
		if t := targetOf(v); !slices.Contains(all[i].Targets, t) {
			all[i].Targets = append(all[i].Targets, t)
		}
		all[i].Cells = append(all[i].Cells, v)
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		class := func(f Finding) int { return slices.Index(verdict.Classes(), f.Class) }
		return cmp.Or(class(a)-class(b), a.Harm.Severity()-b.Harm.Severity(), len(b.Cells)-len(a.Cells))
	})
	return all
}

// Lines are where the configuration is to be changed: the lines that have the directive, or else those that name the
// broken upstream; none where neither is known.
func (f Finding) Lines() []verdict.Line {
	if f.Fix != nil && len(f.Fix.Found) > 0 {
		return f.Fix.Found
	}
	if i := slices.IndexFunc(f.Cells, func(v verdict.Verdict) bool { return len(v.Named) > 0 }); i >= 0 {
		return f.Cells[i].Named
	}
	return nil
}

// key is the same for findings that are told as one.
func (f Finding) key() string {
	if f.Fix != nil {
		return string(f.Class) + "\x00" + f.Fix.Directive + "\x00" + f.Fix.Says
	}
	if f.Said != nil {
		return string(f.Class) + "\x00" + f.Said.Means
	}
	return strings.Join([]string{string(f.Class), string(f.Harm), sameWords(afterProbe(f.What))}, "\x00")
}

func findingOf(v verdict.Verdict) Finding {
	harm, what := harmOf(v)
	f := Finding{
		Harm: harm, Class: v.Class, What: what, Evidence: v.Evidence, Log: errorLine(v), Fix: v.Fix, Replay: v.Replay,
	}
	if f.Fix == nil && v.Said != nil {
		f.Said, f.Log = v.Said, v.Said.Line
	}
	return f
}

// Why says what would have kept clients from noticing, or which mistake of its own the gateway's log tells; "" if
// neither is known.
func (f Finding) Why() string {
	if i := slices.IndexFunc(f.Cells, func(v verdict.Verdict) bool { return v.Advice != "" }); i >= 0 {
		return f.Cells[i].Advice
	}
	if f.Said == nil || f.Said.Directive == "" {
		return ""
	}
	return f.Said.Means + ". What decides it: " + f.Said.Directive
}

// harmOf is the worst that a fail does to clients, and which promise was broken so.
func harmOf(v verdict.Verdict) (worst check.Harm, what string) {
	what = Why(v)
	others := []string{}
	for _, c := range v.Checks {
		h := check.Harm(c.Harm)
		switch {
		case !c.Broken():
		case worst == "" || h.Severity() < worst.Severity():
			if worst != "" {
				others = append(others, string(worst))
			}
			worst, what = h, strings.TrimPrefix(strings.TrimPrefix(c.String(), c.Name), " of ")
			what = strings.TrimPrefix(what, ": ")
		case h != worst && !slices.Contains(others, c.Harm):
			others = append(others, c.Harm)
		}
	}
	if n := len(v.Runs); n > 1 && v.Flaky() {
		failed := 0
		for _, run := range v.Runs {
			if run.Result == verdict.Fail {
				failed++
			}
		}
		what += fmt.Sprintf("; in %d of %d runs", failed, n)
	}
	if len(others) > 0 {
		what += " (besides: " + strings.Join(others, ", ") + ")"
	}
	return worst, what
}

// probeWords begin what was promised of a probe: "GET /shop/: ".
var probeWords = regexp.MustCompile(`^[A-Z]+ [^ ]*: `)

func afterProbe(what string) string { return probeWords.ReplaceAllString(what, "") }

// targetOf names the probe and the upstream: "http://shop.test/checkout, while orders (orders.internal:80) is broken".
func targetOf(v verdict.Verdict) string {
	upstream := v.Target.Upstream
	if v.Target.At != upstream {
		upstream += " (" + v.Target.At + ")"
	}
	return fmt.Sprintf("%s, while %s is broken", v.Target.URL, upstream)
}

// errorWords is in lines that speak of it, in whatever words.
var errorWords = regexp.MustCompile(
	`(?i)error|fail|refus|timed? ?-?out|timeout|reset|unreachable|denied|invalid|premature|no route|\bdown\b|\b50[0-9]\b`,
)

// errorLine is the gateway's own line on what happened: the first that speaks of trouble and of the request that was
// hurt, or else of trouble, or "".
func errorLine(v verdict.Verdict) (line string) {
	of := ""
	if i := slices.IndexFunc(v.Checks, verdict.Check.Broken); i >= 0 {
		of = v.Checks[i].Of
	}
	for _, l := range v.Log {
		switch {
		case !errorWords.MatchString(l):
		case of != "" && strings.Contains(l, of):
			return l
		case line == "":
			line = l
		}
	}
	return line
}

// Heads are what reports write of a finding before the change that mends it, by what it is, each safe.
func (f Finding) Heads() [][2]string {
	all := [][2]string{}
	add := func(label, text string, n int) {
		if text != "" {
			all = append(all, [2]string{label, Brief(text, n)})
		}
	}
	const targets = 3
	for i, t := range f.Targets {
		if i == targets && len(f.Targets) > targets+1 {
			add("", fmt.Sprintf("and %d more", len(f.Targets)-targets), shortLine)
			break
		}
		add("at", t, ShownReason)
	}
	add("seen", f.What, ShownReason)
	add("in", fmt.Sprintf("%s: %s", Experiments(len(f.Cells)), ShownCells(f)), ShownReason)
	add("why", f.Why(), ShownReason)
	add("proof", f.Evidence, shortLine)
	add("log", f.Log, shortLine)
	return all
}

// ShownCells lists the experiments, each once, so many that a person reads them.
func ShownCells(f Finding) string {
	ids := []string{}
	for _, c := range f.Cells {
		if !slices.Contains(ids, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	const most = 4 * ShownIDs
	if more := len(ids) - most; more > 1 {
		ids = append(ids[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(ids, ", ")
}
