package judge

import (
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Advise returns the verdict of a fail with the gateway's hint for it: the one for a promise that was broken, or else
// the one for the fault's error type.
func Advise(v verdict.Verdict, d *gateway.Definition) verdict.Verdict {
	if v.Result != verdict.Fail {
		return v
	}
	for _, key := range append(v.Broken(), string(v.ErrorType)) {
		if hint, ok := d.Hints[key]; ok {
			v.Hint, v.HintLink = hint.Says, hint.Link
			return v
		}
	}
	return v
}
