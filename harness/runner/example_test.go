package runner_test

import (
	"context"
	"fmt"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/runner"
	"github.com/gatequake/gatequake/harness/world"
)

// One experiment on a known gateway, from any program whose main calls runner.Serve first.
func ExampleRunOne() {
	builtin, err := gateway.Load(fixtures.Gateways(), "builtin")
	if err != nil {
		fmt.Println(err)
		return
	}
	v := runner.RunOne(
		context.Background(),
		runner.Job{Experiment: "refused", Gateway: builtin, Setting: "document"},
		runner.Options{Mode: world.Portable},
	)
	fmt.Printf("%s: %s: got %s, want %s\n", v.ID, v.Result, v.Observed, v.Expected)
	// Output: refused: pass: got 502 by gateway, want 502 by gateway
}
