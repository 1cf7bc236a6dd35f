// Package diagnose tells, from what a client saw of one answer, whether it was blocked or met a bad gateway, who
// wrote the answer, and what the likely causes are. It knows nothing but the signatures that the matrix recorded
// on real gateways: each cell is a cause that was made on purpose, and what came of it.
//
//	an answer, a log line ──compared with──> the matrix's cells ──> shares of causes
package diagnose

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/wording"
)

// Sign is what a client saw, and a line of the gateway's log if there is one.
type Sign struct {
	// Status is the status code, 0 for no answer; End is how the exchange ended; Took is the time to its end,
	// negative if it is not known.
	Status int
	End    client.End
	Took   time.Duration
	// Page is what the page says; Server is the field of that name.
	Page   wording.Kind
	Server string
	// Log is a line of the gateway's log; empty for none.
	Log string
}

// Guess is a cause with its share of the likelihood, 0 to 1.
type Guess struct {
	// Type is the error type of RFC 9209; http_request_denied for a block, empty for a healthy upstream's own answer.
	Type  proxystatus.ErrorType
	Share float64
	// Experiments are those whose signatures are nearest, at most a few, the nearest first.
	Experiments []string
}

// Diagnosis is what the signatures say of an answer.
type Diagnosis struct {
	// Blocked is the share of the likelihood that the client was blocked; Gateway that the gateway wrote the answer.
	Blocked, Gateway float64
	// Likely are the error types, the likeliest first; none when no signature is like the answer.
	Likely []Guess
}

// How much less likely a signature is that differs in one part. Not measured one by one: BenchmarkDiagnose prints
// what they are good for.
const (
	otherStatus = 0.02 // but both are errors of a gateway, 500 to 504: settings change one into the other
	otherEnd    = 0.01
	otherPage   = 0.3
	otherWait   = 0.1
	otherServer = 0.5
	noWords     = 0.001 // in common between the log lines
	least       = 1e-5  // below this nothing is like anything
)

// waited is from when an answer counts as one that the gateway had to wait for. The matrix was made with time
// limits of one second and more; those of the field are longer, and what comes at once comes within some tens of
// milliseconds everywhere.
const waited = 700 * time.Millisecond

// shownExperiments are enough to see what a guess is about.
const shownExperiments = 4

// Signatures are the matrix's cells, made ready to be compared with.
type Signatures struct {
	cells []signature
	// telling is how much a word says: one part of the number of error types whose lines have it.
	telling map[string]float64
}

type signature struct {
	id, server string
	is         proxystatus.ErrorType
	seen       report.Seen
	words      []string // sorted
	says       float64  // the sum of what the words say
}

// New makes cells ready. Those without an answer are left out, and those of an upstream that served: there is
// nothing to diagnose in them.
func New(cells []report.Cell) *Signatures {
	all, types := &Signatures{telling: map[string]float64{}}, map[string]map[proxystatus.ErrorType]bool{}
	for _, c := range cells {
		if c.Seen == nil || c.ErrorType == "" && c.Seen.Status != 0 && c.Seen.Status < http.StatusBadRequest {
			continue
		}
		one := signature{
			id: c.ID, server: product(c.Seen.Server), is: c.ErrorType, seen: *c.Seen,
			words: wordsOf(c.Line),
		}
		if c.Cause == cause.Blocked && c.Seen.Status == 0 {
			one.is = proxystatus.HTTPRequestDenied // A refusal that does not even say so.
		}
		all.cells = append(all.cells, one)
		for _, w := range one.words {
			if types[w] == nil {
				types[w] = map[proxystatus.ErrorType]bool{}
			}
			types[w][one.is] = true
		}
	}
	for w, t := range types {
		all.telling[w] = 1 / float64(len(t))
	}
	for i := range all.cells {
		all.cells[i].says = all.say(all.cells[i].words)
	}
	return all
}

func (all *Signatures) say(words []string) (sum float64) {
	for _, w := range words {
		sum += all.telling[w]
	}
	return sum
}

// Diagnose compares an answer with the signatures.
func (all *Signatures) Diagnose(s Sign) Diagnosis {
	type near struct {
		id    string
		score float64
	}
	words, server := wordsOf(s.Log), product(s.Server)
	says := all.say(words)
	byType, ids := map[proxystatus.ErrorType]float64{}, map[proxystatus.ErrorType][]near{}
	sum, best, d := 0.0, 0.0, Diagnosis{}
	for _, c := range all.cells {
		score := s.similarity(c.seen)
		if score < least {
			continue
		}
		best = max(best, score)
		if server != c.server {
			score *= otherServer
		}
		if s.Log != "" {
			likeness := max(all.alike(words, says, c), noWords)
			score *= likeness * likeness // A line that is half like another is seldom of the same cause.
		}
		sum += score
		byType[c.is] += score
		ids[c.is] = append(ids[c.is], near{c.id, score})
		if c.is == proxystatus.HTTPRequestDenied {
			d.Blocked += score
		}
		if c.seen.By == record.ByGateway {
			d.Gateway += score
		}
	}
	if best == 0 {
		return Diagnosis{} // Nothing is like it.
	}
	d.Blocked, d.Gateway = d.Blocked/sum, d.Gateway/sum
	for t, score := range byType {
		g := Guess{Type: t, Share: score / sum}
		slices.SortStableFunc(ids[t], func(a, b near) int { return cmp.Compare(b.score, a.score) })
		for _, n := range ids[t] {
			if id := base(n.id); len(g.Experiments) < shownExperiments && !slices.Contains(g.Experiments, id) {
				g.Experiments = append(g.Experiments, id)
			}
		}
		d.Likely = append(d.Likely, g)
	}
	slices.SortFunc(d.Likely, func(a, b Guess) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Type, b.Type))
	})
	return d
}

// base is the ID without states and protocols.
func base(id string) string {
	if at := strings.IndexAny(id, "@~+"); at > 0 {
		return id[:at]
	}
	return id
}

// alike is the share of what the words of two log lines say that they have in common, by how telling each word is.
func (all *Signatures) alike(words []string, says float64, c signature) float64 {
	both := 0.0
	for _, w := range words {
		if _, there := slices.BinarySearch(c.words, w); there {
			both += all.telling[w]
		}
	}
	if says+c.says == 0 {
		return 0
	}
	return both / (says + c.says - both)
}

// similarity returns how like the answer is to one that was seen, 0 to 1.
func (s Sign) similarity(seen report.Seen) float64 {
	score := 1.0
	switch {
	case s.Status == 0 && s.End != seen.End:
		return 0 // There is nothing else to tell by.
	case s.Status == seen.Status:
	case gatewayError(s.Status) && gatewayError(seen.Status):
		score *= otherStatus
	default:
		return 0
	}
	if s.End != seen.End {
		score *= otherEnd
	}
	if s.Page != seen.Page {
		score *= otherPage
	}
	if s.Took >= 0 && (s.Took >= waited) != (seen.TookMS >= float64(waited.Milliseconds())) {
		score *= otherWait
	}
	return score
}

func gatewayError(status int) bool { return status >= 500 && status <= 504 }

// product is the name before the version: "nginx" of "nginx/1.22.1".
func product(server string) string {
	name, _, _ := strings.Cut(strings.ToLower(server), "/")
	return strings.TrimSpace(name)
}

// wordsOf returns the words of a line that are worth comparing, sorted: sums over them are the same each time.
func wordsOf(line string) []string {
	all := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool { return !unicode.IsLetter(r) })
	// Not GET's T, not the h in 10h.
	all = slices.DeleteFunc(all, func(w string) bool { return len(w) <= 2 || common[w] })
	slices.Sort(all)
	return slices.Compact(all)
}

// common are words of requests, dates and addresses, which say nothing about a cause.
var common = func() map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq("get post http https www com test error warn warning info debug client server " +
		"host request the and for jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun") {
		all[w] = true
	}
	return all
}()
