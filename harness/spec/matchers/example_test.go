package matchers_test

import (
	"fmt"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
	. "github.com/gatequake/gatequake/harness/spec/matchers"
)

// A record of a probe, held against what it should be. In a test it is Expect(b.Get(ctx)).To(BeBadGateway()).
func ExampleBeBadGateway() {
	o := record.Observation{Probe: "GET /shop", Status: 504, By: record.ByGateway, End: client.Complete, Took: 1203}
	ok, err := BeBadGateway().Match(o)
	fmt.Println(ok, err)
	fmt.Println(BeBadGateway().FailureMessage(o))
	// Output:
	// false <nil>
	// Expected GET /shop to get a whole 502 by gateway; it got 504 by gateway after 1203 ms, with 0 of it at the upstream
}
