// Package diagnose tells, from what a client saw of one answer, whether it was blocked or met a bad gateway, who
// wrote the answer, and what the likely causes are. A line of the gateway's log that is one of the messages that are
// known (package message) decides it. Else it goes by the signatures that the matrix recorded on real gateways: each
// cell is a cause that was made on purpose, and what came of it.
//
//	a log line ──is one of──> messages.yaml of the gateways' folders ──> the cause, and whose doing it was
//	an answer, a log line ──compared with──> the matrix's cells ──> shares of causes, calibrated
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
	"github.com/gatequake/gatequake/harness/message"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/wording"
)

// Sign is what a client saw, and a line of the gateway's log if there is one.
type Sign struct {
	// Status is the status code, 0 for no answer; End is how the exchange ended, empty if nothing is known of the answer;
	// Took is the time to its end, negative if it is not known.
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
	// Likely are the error types, the likeliest first; none when no signature is like the answer. The share of the
	// first is calibrated: of diagnoses with a share of 0.9, nine of ten are right. See Calibration.
	Likely []Guess
	// Message is what the line of the log is known to mean; nil for a line that is none that is known, and for none.
	// Where it is not nil it decides: Likely has its error type alone, or nothing if none is meant for it.
	Message *message.Message
}

// Known reports whether the diagnosis says more than a coin would: by a message, or by signatures of which the first is
// right more often than not.
func (d Diagnosis) Known() bool {
	return d.Message != nil || len(d.Likely) > 0 && d.Likely[0].Share >= 0.5
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
	unknownWord = 0.5   // says as much as one that lines of two error types have: this line is of another kind
	related     = 0.4   // is how like a line must be to some that is known to say anything; see TestOrdinaryLines
	least       = 1e-5  // below this nothing is like anything
)

// waited is from when an answer counts as one that the gateway had to wait for. The matrix was made with time
// limits of one second and more; those of the field are longer, and what comes at once comes within some tens of
// milliseconds everywhere.
const waited = 700 * time.Millisecond

// shownExperiments are enough to see what a guess is about.
const shownExperiments = 4

// Signatures are the matrix's cells, made ready to be compared with, and the messages of the gateways.
type Signatures struct {
	cells    []signature
	messages *message.Catalogue
	// numbers are those of the words that stand in some line, and telling is how much each says: one part of the number
	// of error types whose lines have it.
	numbers map[string]int
	telling []float64
}

type signature struct {
	id, server string
	is         proxystatus.ErrorType
	seen       report.Seen
	words      []int   // sorted
	says       float64 // the sum of what the words say
}

// New makes cells ready. Those without an answer are left out, and those of an upstream that served: there is
// nothing to diagnose in them.
func New(cells []report.Cell, known *message.Catalogue) *Signatures {
	all := &Signatures{numbers: map[string]int{}, messages: known}
	types := []map[proxystatus.ErrorType]bool{}
	for _, c := range cells {
		if c.Seen == nil || c.ErrorType == "" && c.Seen.Status != 0 && c.Seen.Status < http.StatusBadRequest {
			continue
		}
		one := signature{
			id: c.ID, server: product(c.Seen.Server), is: c.ErrorType, seen: *c.Seen,
		}
		if c.Cause == cause.Blocked && c.Seen.Status == 0 {
			one.is = proxystatus.HTTPRequestDenied // A refusal that does not even say so.
		}
		for _, w := range wordsOf(c.Line) {
			n, ok := all.numbers[w]
			if !ok {
				n = len(types)
				all.numbers[w], types = n, append(types, map[proxystatus.ErrorType]bool{})
			}
			types[n][one.is] = true
			one.words = append(one.words, n)
		}
		slices.Sort(one.words)
		all.cells = append(all.cells, one)
	}
	for _, t := range types {
		all.telling = append(all.telling, 1/float64(len(t)))
	}
	for i := range all.cells {
		all.cells[i].says = all.say(all.cells[i].words)
	}
	return all
}

// numbersOf are those of the words of a line that some other line has, sorted, and how much all of its words say
// together.
func (all *Signatures) numbersOf(line string) (words []int, says float64) {
	for _, w := range wordsOf(line) {
		if n, ok := all.numbers[w]; ok {
			words = append(words, n)
		} else {
			says += unknownWord
		}
	}
	slices.Sort(words)
	return words, says + all.say(words)
}

// related reports whether the line is like one that a gateway wrote of a cause. One that is not says nothing, however
// many of the lines it is less like are of one cause.
func (all *Signatures) related(line string) bool {
	words, says := all.numbersOf(line)
	return slices.ContainsFunc(all.cells, func(c signature) bool { return all.alike(words, says, c) >= related })
}

// say is how much the words say together.
func (all *Signatures) say(words []int) (sum float64) {
	for _, w := range words {
		sum += all.telling[w]
	}
	return sum
}

// Diagnose tells what an answer was, by the line of the log if that is a message that is known, else by the signatures.
func (all *Signatures) Diagnose(s Sign) Diagnosis {
	if m, ok := all.messages.Find(s.Log, product(s.Server)); ok {
		return all.told(s, m)
	}
	d := all.compare(&s)
	if len(d.Likely) > 0 {
		calibrate(d.Likely, s.Log != "")
	}
	return d
}

// compare is nearest for an answer whose line is no message that is known; one that says nothing is taken away.
func (all *Signatures) compare(s *Sign) Diagnosis {
	if s.Log != "" && !all.related(s.Log) {
		if s.Log = ""; s.Status == 0 && s.End == "" {
			return Diagnosis{}
		}
	}
	return all.nearest(*s)
}

// told is the diagnosis of an answer whose line in the log is the message.
func (all *Signatures) told(s Sign, m message.Message) Diagnosis {
	d := Diagnosis{Message: &m, Gateway: 1}
	if m.Type == proxystatus.HTTPRequestDenied {
		d.Blocked = 1
	}
	if m.Type != "" {
		d.Likely = []Guess{{Type: m.Type, Share: 1}}
	}
	// What the matrix made of that error type on purpose, the nearest to the answer first.
	for _, g := range all.nearest(s).Likely {
		if g.Type == m.Type && m.Type != "" {
			d.Likely[0].Experiments = g.Experiments
		}
	}
	return d
}

// near is an experiment, and how like an answer its signature is.
type near struct {
	id    string
	score float64
}

// nearest compares an answer with the signatures. The shares are those of likeness.
func (all *Signatures) nearest(s Sign) Diagnosis {
	words, says := all.numbersOf(s.Log)
	server := product(s.Server)
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
		d.Likely = append(d.Likely, Guess{Type: t, Share: score / sum, Experiments: first(ids[t])})
	}
	slices.SortFunc(d.Likely, func(a, b Guess) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Type, b.Type))
	})
	return d
}

// first lists the nearest experiments, each once in whatever state, and no more than are shown.
func first(all []near) (ids []string) {
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(b.score, a.score) })
	for _, n := range all {
		if id := base(n.id); len(ids) < shownExperiments && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// base is the ID without states and protocols.
func base(id string) string {
	if at := strings.IndexAny(id, "@~+"); at > 0 {
		return id[:at]
	}
	return id
}

// alike is the share of what the words of two log lines say that they have in common, by how telling each word is.
func (all *Signatures) alike(words []int, says float64, c signature) float64 {
	both, rest := 0.0, c.words
	for _, w := range words {
		for len(rest) > 0 && rest[0] < w {
			rest = rest[1:]
		}
		if len(rest) > 0 && rest[0] == w {
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
	case s.Status == 0 && s.End == "":
		return score // Nothing is known of the answer: the line of the log is all there is.
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
