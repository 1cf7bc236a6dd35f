package matchers

import (
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"github.com/gatequake/gatequake/harness/verdict"
)

// Hold succeeds if the verdict is a pass. It fails for every other, unsupported ones and known deviations included;
// the message lists the broken promises and ends with the command that runs the experiment again.
func Hold() types.GomegaMatcher {
	return gcustom.MakeMatcher(of(func(v verdict.Verdict) bool { return v.Result == verdict.Pass })).WithTemplate(
		`Expected {{.Actual.ID}} {{.To}} hold on {{.Actual.Gateway}} {{.Actual.Version}}, ` +
			`setting {{.Actual.Setting}}: {{.Actual.Expected}}
the verdict is {{.Actual.Result}}{{with .Actual.Observed}}: got {{.}}{{end}}{{with .Actual.Reason}}: {{.}}{{end}}
{{range .Actual.Checks}}{{if not .OK}}  {{.}}
{{end}}{{end}}To reproduce: {{.Actual.Replay}}`,
	)
}
