package survey

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
)

// ErrNotTryable is wrapped by the errors of a gateway that cannot be tried as it is.
var ErrNotTryable = errors.New("the gateway cannot be tried")

// failed is the error of a gateway that cannot be tried, with why: what it said of it, and what it did not find.
func (s *survey) failed(format string, args ...any) error {
	why := fmt.Sprintf(format, args...)
	ended, most := s.process.Dead() != "", 1
	if ended {
		most = 5 // A script tells in several lines how far it came.
	}
	if said := gateway.Why(s.said(), ended, most); said != "" {
		why += "; it last said: " + said
	} else {
		why += "; it said nothing"
	}
	if missing := s.allMissing(); len(missing) > 0 && ended {
		why += "; missing: " + strings.Join(fold(missing, mostTold), ", ")
	}
	return fmt.Errorf("%w: %s", ErrNotTryable, why)
}

// noHTTP says of a gateway with which no HTTP can be spoken whether it said anything.
func (s *survey) noHTTP() string {
	at := []string{}
	for _, l := range s.own.Listeners {
		at = append(at, l.At.String())
	}
	where := strings.Join(fold(at, mostTold), ", ")
	if slices.ContainsFunc(s.outcomes, func(o outcome) bool { return o.end != client.TimedOut }) {
		return "none of its listeners speaks HTTP: " + where
	}
	return "it listens at " + where + ", and never answers"
}

// said are the lines of the gateway's logs since it was started last, or if there are none, since it was started first.
func (s *survey) said() []string {
	if said := s.process.Said(s.printed, s.missing.Logs()...); len(said) > 0 {
		return said
	}
	return s.process.Said(0)
}

// mostTold is how many of a kind are told in one line.
const mostTold = 12

// fold is the list, but that of a long one only the first are told, and how many more there are.
func fold(all []string, most int) []string {
	if len(all) <= most {
		return all
	}
	return append(all[:most:most], fmt.Sprintf("and %d more", len(all)-most))
}

// counted is a number with the word for it.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
