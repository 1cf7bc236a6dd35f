package cli

import (
	"os"

	"github.com/gatequake/gatequake/harness"
	"github.com/gatequake/gatequake/harness/foreign"
)

// readPolicy returns the policy that is called name, or that stands in the file name.
func readPolicy(name string) (harness.Policy, error) {
	for _, p := range harness.Policies() {
		if p.Name == name {
			return p, nil
		}
	}
	text, err := foreign.Read(name, foreign.MostWritten)
	if os.IsNotExist(err) {
		return harness.Policy{}, unknown("policy, and no file,", name, policyNames())
	}
	if err != nil {
		return harness.Policy{}, usage("--policy: %w", err)
	}
	p, err := harness.ParsePolicy(name, text)
	if err != nil {
		return p, usage("--policy: %w", err)
	}
	return p, nil
}
