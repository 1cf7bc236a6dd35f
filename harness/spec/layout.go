package spec

import (
	"fmt"

	"github.com/onsi/ginkgo/v2"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/site"
)

// Layout says how the world of a spec differs from others.
type Layout struct {
	// Faults are those that the world is prepared for.
	Faults []*catalog.Fault
	// Members is how many members the balanced route's pool has: 2 if it is zero, or 3.
	Members int
	// Reloads says that the gateway is going to be reloaded.
	Reloads bool
}

// setup is how the bench of the layout is set up with the gateway.
func (l Layout) setup(s subject) site.Setup {
	return site.Setup{Definition: s.Gateway, Setting: s.Setting, Reloads: l.Reloads, Prepare: func(p *site.Plan) {
		for _, f := range l.Faults {
			if f.Prepare != nil {
				f.Prepare(p)
			}
		}
		if l.Members > 2 {
			p.AddMember3()
		}
	}}
}

// cannot is why the layout cannot be made with the gateway, and "" if it can.
func (l Layout) cannot(s subject) string {
	if l.Members > 2 && !s.Gateway.Uses(s.Setting, "Third") {
		return fmt.Sprintf(
			"the files of %s, setting %s, know two members of a pool: {{.Third}} is the third",
			s.Gateway.Name,
			s.Setting,
		)
	}
	return ""
}

// lacking begins the reason of a spec that is skipped because what it needs is not here.
const lacking = "unsupported: "

// skipUnsupported skips the spec when err says that it cannot be done here.
func skipUnsupported(err error) {
	ginkgo.GinkgoHelper()
	if why, cannot := site.Cannot(err); cannot {
		ginkgo.Skip(lacking + why)
	}
}
