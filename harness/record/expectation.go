package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
)

// Expectation is what a client should see.
type Expectation struct {
	// Statuses are the acceptable status codes; none means that no answer may come.
	Statuses []int `json:"statuses"`
	// By is who must have written the answer; OrAsked accepts besides whom the gateway asked, whoever answered there.
	By      Author `json:"by"`
	OrAsked bool   `json:"or_asked,omitempty"`
	// PassedOn accepts, besides, whatever the upstream says in time, and the end of the connection: the gateway passes
	// bytes on. What the gateway writes itself all the same is held to the rest.
	PassedOn bool `json:"passed_on,omitempty"`
	// OrCut accepts, besides, an answer of the upstream whose body is visibly cut.
	OrCut bool `json:"or_cut,omitempty"`
	// OrRelayed, if not nil, accepts, besides, a whole 200 of the upstream.
	OrRelayed *Tolerance `json:"or_relayed,omitempty"`
	// OrUnavailable accepts, besides, the status UNAVAILABLE of gRPC, over a 200 by the same author.
	OrUnavailable bool `json:"or_unavailable,omitempty"`
	// Header holds fields that the answer must still carry as the upstream wrote them.
	Header map[string]string `json:"header,omitempty"`
	// Within and Recovery, if not zero, bound the time to the answer and to the steady state after the fault.
	Within   time.Duration `json:"within,omitempty"`
	Recovery time.Duration `json:"recovery,omitempty"`
}

// String is short enough for a report: "502 by gateway", "502 by gateway or visibly cut", "no answer".
func (e Expectation) String() string {
	switch {
	case e.PassedOn:
		rest := e
		rest.PassedOn = false
		return "whatever the upstream says, or the end of the connection, or " + rest.String()
	case len(e.Statuses) == 0:
		return "no answer"
	}
	codes := make([]string, len(e.Statuses))
	for i, s := range e.Statuses {
		codes[i] = strconv.Itoa(s)
	}
	s := fmt.Sprintf("%s by %s", strings.Join(codes, " or "), e.By)
	if e.OrAsked {
		s += " or whom it asked"
	}
	if e.OrCut {
		s += ", or visibly cut"
	}
	for t := e.OrRelayed; t != nil; t = t.Besides {
		if t.Another {
			s += ", or served by another"
		} else {
			s += ", or relayed whole"
		}
	}
	if e.OrUnavailable {
		s += ", or UNAVAILABLE"
	}
	if e.Within > 0 {
		s += fmt.Sprintf(", within %s", e.Within)
	}
	if e.Recovery > 0 {
		s += fmt.Sprintf(", recovered within %s", e.Recovery)
	}
	return s
}

// From reports whether the author is one who may have written the answer.
func (e Expectation) From(a Author) bool { return a == e.By || e.OrAsked && a != ByNobody }

// Accepts reports whether status is one of the acceptable ones.
func (e Expectation) Accepts(status int) bool { return slices.Contains(e.Statuses, status) }

// Relayed reports whether o is the upstream's answer, whole and clean, where that is tolerated.
func (e Expectation) Relayed(o Observation) bool {
	return e.tolerated(o, func(*Tolerance) bool { return true })
}

// OfAnother reports whether o is the answer of another member of the pool, where that is as good.
func (e Expectation) OfAnother(o Observation) bool {
	return e.tolerated(o, func(t *Tolerance) bool { return t.Another })
}

// tolerated reports whether one of the tolerances that are so accepts o.
func (e Expectation) tolerated(o Observation, so func(*Tolerance) bool) bool {
	for t := e.OrRelayed; t != nil; t = t.Besides {
		if so(t) && t.accepts(o) {
			return true
		}
	}
	return false
}

// accepts reports whether o is an answer that the tolerance is for.
func (t Tolerance) accepts(o Observation) bool {
	if !o.Healthy() || t.Body != "" && o.Body != t.Body ||
		len(t.By) > 0 && !slices.Contains(t.By, o.Header.Get(stamp.Origin)) {
		return false
	}
	for _, values := range o.Header {
		if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
			return false // RFC 9110, section 5.5: refuse these in a field's value or replace them, but do not pass them on.
		}
	}
	return true
}

// Lost tells which of the fields that the answer must carry it does not, or "".
func (e Expectation) Lost(o Observation) string {
	for name, want := range e.Header {
		if got := o.Header.Get(name); got != want {
			return fmt.Sprintf(" with %s %q instead of %q", name, got, want)
		}
	}
	return ""
}

// Tolerance is the leave to pass an upstream's answer on.
type Tolerance struct {
	// Why tells which standard gives it, with the section.
	Why string `json:"why"`
	// By, if not empty, are the origins whose answer is accepted, by the name in their stamp.
	By []string `json:"by,omitempty"`
	// Body is what the client must get then; empty when it differs from answer to answer.
	Body string `json:"body,omitempty"`
	// Another is true when the answer is another upstream's, so that it may be whole also where this one's is cut.
	Another bool `json:"another,omitempty"`
	// Besides, if not nil, is the leave that there was anyway.
	Besides *Tolerance `json:"besides,omitempty"`
}
