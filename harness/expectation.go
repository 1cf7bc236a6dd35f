package harness

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Author is who wrote an answer.
type Author string

// The authors. The zero value means that there is no answer to have one.
const (
	ByGateway  Author = "gateway"
	ByUpstream Author = "upstream"
	ByNobody   Author = ""
)

// Expectation is what a client should see.
type Expectation struct {
	// Statuses are the acceptable status codes.
	Statuses []int `json:"statuses"`
	// By is who must have written the answer.
	By Author `json:"by"`
	// OrCut accepts, besides, an answer of the upstream whose body is visibly cut.
	OrCut bool `json:"or_cut,omitempty"`
}

// String is short enough for a report: "502 by gateway", "502 by gateway or visibly cut".
func (e Expectation) String() string {
	codes := make([]string, len(e.Statuses))
	for i, s := range e.Statuses {
		codes[i] = strconv.Itoa(s)
	}
	s := fmt.Sprintf("%s by %s", strings.Join(codes, " or "), e.By)
	if e.OrCut {
		s += ", or visibly cut"
	}
	return s
}

// Accepts reports whether status is one of the acceptable ones.
func (e Expectation) Accepts(status int) bool { return slices.Contains(e.Statuses, status) }
