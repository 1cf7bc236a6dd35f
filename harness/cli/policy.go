package cli

import (
	"os"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/policy"
)

// readPolicy returns the policy that is called name, or that stands in the file name.
func readPolicy(name string) (policy.Policy, error) {
	for _, p := range policy.Policies() {
		if p.Name == name {
			return p, nil
		}
	}
	text, err := foreign.Read(name, foreign.MostWritten)
	if os.IsNotExist(err) {
		return policy.Policy{}, unknown("policy, and no file,", name, policyNames())
	}
	if err != nil {
		return policy.Policy{}, usage("--policy: %w", err)
	}
	p, err := policy.Parse(name, text, catalog.FaultIDs())
	if err != nil {
		return p, usage("--policy: %w", err)
	}
	return p, nil
}
