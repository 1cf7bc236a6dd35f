package check

import "slices"

// Harm is what a breach of a promise does to people.
type Harm string

// The harms.
const (
	LetsIn             Harm = "a client who is blocked reaches the upstream"
	BlockFails         Harm = "a block does not hold"
	AcceptsCertificate Harm = "a certificate that must be refused is accepted"
	AnotherAnswer      Harm = "a client gets the answer to somebody else's request"
	HalfAsWhole        Harm = "half an answer passes for a whole one"
	PostTwice          Harm = "a POST is sent twice"
	NeverRecovers      Harm = "service does not come back"
	RecoversLate       Harm = "service comes back late"
	Hangs              Harm = "clients wait in vain"
	HurtsOthers        Harm = "clients of other routes are hurt"
	Dies               Harm = "the gateway dies"
	NoAnswer           Harm = "clients get no answer that they can read"
	RefusesOthers      Harm = "a client who is not blocked is refused"
	PassesBroken       Harm = "a broken answer is passed on as a good one"
	WrongAuthor        Harm = "the answer has the wrong author"
	WrongStatus        Harm = "the status is wrong"
	ReplacesPage       Harm = "a page of the gateway's own stands in the place of the upstream's"
	RefusalWaits       Harm = "a refusal has to wait"
	SpoilsConnection   Harm = "the client's connection is spoilt"
	Leaks              Harm = "an internal address or name leaks"
	MayBeCached        Harm = "an error may be cached"
	HidesDenial        Harm = "the page does not say that access was denied"
	BlamesBlock        Harm = "the page blames a block"
	NamesAnother       Harm = "the page names another status than the answer has"
)

// bySeverity has the harms, the worst first: what endangers people and their data comes before what keeps them
// waiting, that before what misleads them.
var bySeverity = []Harm{
	LetsIn, BlockFails, AcceptsCertificate, AnotherAnswer, HalfAsWhole, PostTwice, NeverRecovers, RecoversLate, Hangs,
	HurtsOthers, Dies, NoAnswer, RefusesOthers, PassesBroken, WrongAuthor, WrongStatus, RefusalWaits, SpoilsConnection,
	Leaks, ReplacesPage, MayBeCached, HidesDenial, BlamesBlock, NamesAnother,
}

// Severity is the harm's place among all, 0 for the worst. One that is unknown comes last.
func (h Harm) Severity() int {
	if i := slices.Index(bySeverity, h); i >= 0 {
		return i
	}
	return len(bySeverity)
}
