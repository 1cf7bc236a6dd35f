package survey

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
)

const (
	// keptUnsaid is how long a configuration that speaks of names, and of no time, lets the gateway keep an address:
	// Envoy asks every five seconds (dns_refresh_rate), and nobody is known who asks more seldom unasked.
	keptUnsaid = 5 * time.Second
	// keptMost bounds it: what keeps addresses for longer than half a minute is not waited for.
	keptMost = 30 * time.Second
)

var (
	// namesWord begins a line about names, and how long their addresses are kept.
	namesWord = regexp.MustCompile(`(?i)resolver|resolve|dns|\bhold\b|\bttl\b|lookup`)
	// timeWord is a time, as configurations write it: 10s, 500ms, 1m, or a bare number of seconds behind a key.
	timeWord = regexp.MustCompile(`(?i)(?:^|[\s=:"'])(\d+(?:\.\d+)?)(ms|s|m|h)?(?:$|[\s;,"'}])`)
)

// namesKept is the longest time that stands on a line about names, of those that may be one for which an address is
// kept; zero where no line is about names.
func namesKept(text string) time.Duration {
	longest, about := time.Duration(0), false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || !namesWord.MatchString(line) {
			continue
		}
		about = true
		for _, m := range timeWord.FindAllStringSubmatch(line, -1) {
			n, err := strconv.ParseFloat(m[1], 64)
			unit := map[string]time.Duration{
				"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
			}[strings.ToLower(m[2])]
			if kept := time.Duration(n * float64(unit)); err == nil && kept <= keptMost {
				longest = max(longest, kept)
			}
		}
	}
	if about && longest == 0 {
		return keptUnsaid
	}
	return longest
}

// lookAgain gives a gateway whose configuration says for how long it keeps addresses that much time to look names up
// again, if it has looked some up at its start alone, and asks for its probes once more.
func (s *survey) lookAgain(ctx context.Context) error {
	s.noteNames()
	once := false
	for _, n := range s.found.Names {
		once = once || n.When == gateway.AtStart
	}
	s.found.Names = nil // They are noted when all is over.
	if s.own.NamesKept == 0 || !once {
		return nil
	}
	wait := time.Until(s.served.Add(s.own.NamesKept + gateway.Again))
	s.doing("waiting up to %s for names to be looked up again", max(wait, 0).Round(time.Second))
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(wait):
	}
	s.catchAll.Drop()
	for _, k := range s.kept {
		s.send(ctx, k.listener, k.question)
	}
	return nil
}
