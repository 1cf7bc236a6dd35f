package check

import (
	"fmt"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
	"github.com/gatequake/gatequake/harness/wording"
)

// SaysStatus is the promise that a page and its status agree: people report what they read, and machines what they got.
var SaysStatus = register(Check{
	ID:      "says-status",
	Promise: "the gateway's error page names no other status than its own",
	Harm:    NamesAnother,
	Order:   15,
	Judge: func(r record.Record, _ policy.Policy) (all []verdict.Check) {
		for _, o := range pages(r) {
			named := wording.Statuses(o.Header, []byte(o.Body))
			ok := len(named) == 0 || named[0] == o.Status
			all = append(
				all,
				outcome(
					o.Probe,
					ok,
					fmt.Sprintf("a page that names %v: %.80q", named, o.Body),
					fmt.Sprintf("a page of a %d", o.Status),
				),
			)
		}
		return all
	},
})
