package check

import (
	"net/http"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
)

// answer is an answer that something was promised of.
type answer struct {
	record.Observation
	// want is what it should be, narrowed to what it is where that is as good.
	want record.Expectation
	kind kind
}

// kind says which of the promises of an answer can be held against it.
type kind int

const (
	whole   kind = iota // its status, its author, and the connection after it
	silence             // that there is none
	late                // that it came at all
	cut                 // that it can be seen to be cut
	passed              // nothing: the gateway wrote none of it
)

// answers lists what was promised something of, in the order in which it was asked for.
func answers(r record.Record, p policy.Policy) []answer {
	all := []answer{}
	of := p.OfFault(r)
	for _, o := range with(r, record.Probed, record.ToRefuse) {
		if o.Excused != "" {
			continue
		}
		want := of
		switch {
		case o.Untold != "":
			continue
		case r.Terms.Refusal != nil:
			want = *r.Terms.Refusal
		case r.Terms.Balanced && !of.PassedOn && (o.Steady || o.Method() == http.MethodGet):
			want = policy.Service // Another member could have served it.
		}
		if o.First > 0 && o.Hits == 0 && slices.Contains(unreached, r.ErrorType) {
			want.PassedOn = false // No upstream has written a byte of it.
		}
		all = append(all, narrow(o, want))
	}
	return all
}

// unreached are the errors with which no byte comes from the broken upstream.
var unreached = []proxystatus.ErrorType{
	proxystatus.DNSTimeout, proxystatus.DNSError, proxystatus.DestinationIPUnroutable,
	proxystatus.ConnectionRefused, proxystatus.ConnectionTimeout,
}

// narrow finds out what is to be held against the observation.
func narrow(o record.Observation, want record.Expectation) answer {
	a := answer{o, want, whole}
	switch {
	// Whose upstream goes on sending need not end.
	case want.PassedOn && o.By != record.ByGateway && (!o.Late() || o.First > 0):
		a.kind = passed
		return a
	case len(want.Statuses) == 0:
		a.kind = silence
		return a
	case o.Late():
		a.kind = late
		return a
	}
	if want.OfAnother(o) {
		// Nothing of what the broken one does shows in it.
		a.want.Statuses, a.want.By, a.want.Header = []int{o.Status}, o.By, nil
	}
	if want.OrCut && o.By == record.ByUpstream && !a.want.Accepts(o.Status) {
		a.kind = cut
		return a
	}
	if want.OrUnavailable && o.Status == http.StatusOK && o.GRPC == record.GRPCUnavailable {
		a.want.Statuses = []int{o.Status}
	}
	if want.Relayed(o) {
		a.want.Statuses, a.want.By = []int{o.Status}, o.By
	}
	return a
}

// accepted reports whether it is a whole answer of a status that is accepted.
func (a answer) accepted() bool {
	return a.kind == whole && a.want.Accepts(a.Status) && a.Answered()
}

// limit is how long the client waited for it at most.
func (a answer) limit() time.Duration { return time.Duration(a.Limit * float64(time.Millisecond)) }
