package report

import (
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/verdict"
)

// What the harness itself puts into a log is no word of the gateway's: an operator's routes, addresses and methods are
// others.
var (
	methods = regexp.MustCompile(`\b(GET|POST)\b`)
	routes  = regexp.MustCompile(
		`\b(upstream|orders|secure|named|http2|h2c?|grpc|Echo|unix|socket|ws|balanced|vouched|auth)\b`,
	)
	addresses = regexp.MustCompile(`\b[0-9]+(\.[0-9]+){3}\b(:[0-9]+)?|\[[0-9a-fA-F:]*:[0-9a-fA-F:]*\](:[0-9]+)?`)
)

// bystander is the route of the client that a fault must not touch, whose lines say nothing of the fault.
const bystander = "bystander"

// between reports whether the character stands between words: in prose, in key=value, in JSON.
func between(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'`,;=|<>(){}[]\\", r) }

// wordsOf are the words of a line, each once, in no order that the gateway chose: some write the fields of a request in
// a new one each time.
func wordsOf(text string) []string {
	text = methods.ReplaceAllString(addresses.ReplaceAllString(text, "ADDRESS"), "METHOD")
	text = strings.ReplaceAll(routes.ReplaceAllString(text, "ROUTE"), "/ROUTE/", "/")
	words := []string{}
	for _, w := range strings.FieldsFunc(text, between) {
		if w = strings.Trim(w, ".:-…"); w != "" {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// lexicon holds the words of each line that was looked at, which takes most of the time.
type lexicon map[string][]string

func (l lexicon) words(text string) []string {
	words, known := l[text]
	if !known {
		words = wordsOf(text)
		l[text] = words
	}
	return words
}

// set is a set of words, by their places in a vocabulary.
type set []uint64

func (s set) has(t set) bool {
	for i := range t {
		if t[i]&^s[i] != 0 {
			return false
		}
	}
	return true
}

func (s set) and(t set) set {
	both := make(set, len(s))
	for i := range s {
		both[i] = s[i] & t[i]
	}
	return both
}

func (s set) size() (n int) {
	for _, b := range s {
		n += bits.OnesCount64(b)
	}
	return n
}

// key is the same for sets of the same words.
func (s set) key() string {
	b := []byte{}
	for _, word := range s {
		for range 8 {
			b, word = append(b, byte(word)), word>>8
		}
	}
	return string(b)
}

// vocabulary holds the words of a gateway's log that say something, because they do not differ between two runs of the
// same fault, each with its place.
type vocabulary map[string]int

// set returns which of the words the vocabulary has.
func (known vocabulary) set(words []string) set {
	s := make(set, (len(known)+63)/64)
	for _, w := range words {
		if i, ok := known[w]; ok {
			s[i/64] |= 1 << (i % 64)
		}
	}
	return s
}

// usage is in how many places a word is.
type usage struct {
	experiments, repeated, always int
	types                         map[proxystatus.ErrorType]bool
}

// vocabularyOf compares the runs of each fault, and drops what differs, whatever it looks like. Runs of the same fault
// are those of an experiment that was repeated; else the same experiment over each protocol of the clients, which is
// the same to the upstream. A word counts if the other runs have it too in at least telltale of the faults in whose
// logs it is, and if it is in the logs of two experiments: what one alone has may be a count or a time that came twice.
// A word under more than half of the error types is about none of them.
func vocabularyOf(verdicts []verdict.Verdict, lex lexicon) vocabulary {
	use, runs, types := map[string]*usage{}, map[string][]map[string]bool{}, map[proxystatus.ErrorType]bool{}
	for _, v := range verdicts {
		fault := v.ID
		if len(v.Runs) < 2 {
			fault, _, _ = strings.Cut(v.ID, "~")
		}
		had := map[string]bool{}
		for _, log := range logsOf(v) {
			words := map[string]bool{}
			for _, text := range log {
				for _, w := range lex.words(text) {
					words[w], had[w] = true, true
				}
			}
			runs[fault] = append(runs[fault], words)
		}
		for w := range had {
			if use[w] == nil {
				use[w] = &usage{types: map[proxystatus.ErrorType]bool{}}
			}
			use[w].experiments++
			use[w].types[v.ErrorType] = true
		}
		types[v.ErrorType] = true
	}
	for _, all := range runs {
		if len(all) < 2 {
			continue
		}
		count := map[string]int{}
		for _, words := range all {
			for w := range words {
				count[w]++
			}
		}
		for w, n := range count {
			if use[w].repeated++; n == len(all) {
				use[w].always++
			}
		}
	}
	known := vocabulary{}
	for w, u := range use {
		if u.experiments > 1 && 2*len(u.types) <= len(types) && float64(u.always) >= tellingShare*float64(u.repeated) {
			known[w] = len(known)
		}
	}
	return known
}

// logsOf are the logs of the single runs of an experiment.
func logsOf(v verdict.Verdict) [][]string {
	all, some := [][]string{}, false
	for _, r := range v.Runs {
		all, some = append(all, r.Log), some || len(r.Log) > 0
	}
	if !some {
		return [][]string{v.Log} // Also of results that were written when runs had no logs of their own.
	}
	return all
}

// faultLogs is what the experiments of the column logged, in the words that say something.
func (r Run) faultLogs(c Column) []faultLog {
	other := func(v verdict.Verdict) bool { return ColumnOf(v) != c || !logged(v) }
	verdicts := slices.DeleteFunc(slices.Clone(r.Verdicts), other)
	lex, cells := lexicon{}, []faultLog{}
	known := vocabularyOf(verdicts, lex)
	for _, v := range verdicts {
		runs := [][]line{}
		for _, log := range logsOf(v) {
			runs = append(runs, known.lines(log, lex))
		}
		cells = append(cells, faultLog{v.ID, v.ErrorType, common(runs)})
		if before := known.lines(v.Before, lex); len(before) > 0 {
			cells = append(
				cells,
				faultLog{v.ID, noFault, before},
			) // What a gateway says when all is well tells of no fault.
		}
	}
	return cells
}

// Lines are the lines of a log, in the words of the vocabulary.
func (known vocabulary) lines(log []string, lex lexicon) []line {
	all := []line{}
	for _, text := range log {
		if !strings.Contains(text, bystander) {
			all = append(all, line{known.set(lex.words(text)), text})
		}
	}
	return all
}

// common is what every run has: each line of the first, without the words that the line most like it in another run has
// not.
func common(runs [][]line) []line {
	all := []line{}
	for _, l := range runs[0] {
		for _, other := range runs[1:] {
			like := make(set, len(l.words))
			for _, o := range other {
				if both := l.words.and(o.words); both.size() > like.size() {
					like = both
				}
			}
			l.words = like
		}
		if l.words.size() > 0 {
			all = append(all, l)
		}
	}
	return all
}
