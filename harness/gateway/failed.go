package gateway

import (
	"os"
	"strings"
	"sync"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/message"
)

// known are the messages of all gateways, read once, by who needs them. They are embedded, and tests read them: what
// cannot be read is a slip, and then nothing is known of what a gateway says.
var known = sync.OnceValue(func() *message.Catalogue {
	c, err := message.Read(fixtures.Gateways())
	if err != nil {
		return &message.Catalogue{}
	}
	return c
})

// Message returns what is known of a line that a gateway wrote, and false if nothing is; of several it is one of the
// gateway that is named. See message.Catalogue.
func Message(line, gateway string) (message.Message, bool) { return known().Find(line, gateway) }

// Why tells in one line why a gateway that wrote the log does not serve: the cause with what it means and what to do,
// if that is known. Of one that has ended, it is else the line that looks most like the cause, and else the last lines,
// as many as there may be. It is "" for an empty log.
func Why(log []string, ended bool, most int) string {
	causes := []string{}
	for _, c := range known().Causes(log, "") {
		causes = append(causes, c.String())
	}
	if len(causes) > 0 {
		return strings.Join(causes, ". It also said: ")
	}
	if likely := message.Likely(log); ended && likely != "" {
		return likely
	}
	return strings.Join(log[max(0, len(log)-most):], " | ")
}

// Said are all lines that the gateway printed since from, which is a size of what was printed before it, and those that
// are in the other logs; bounded in bytes only.
func (p *Process) Said(from int64, logs ...string) []string {
	if p == nil {
		return nil
	}
	all := readLines(p.logs[0], from)
	for _, path := range append(p.logs[1:], logs...) {
		all = append(all, readLines(path, 0)...)
	}
	return all
}

// Printed is the size of what the gateway, and others before it in the same folder, printed.
func (p *Process) Printed() int64 {
	info, err := os.Stat(p.logs[0])
	if err != nil {
		return 0
	}
	return info.Size()
}
