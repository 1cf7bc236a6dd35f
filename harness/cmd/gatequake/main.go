// Command gatequake breaks everything around an HTTP gateway and reports what its clients see. See package cli.
package main

import (
	"os"

	"github.com/gatequake/gatequake/harness/cli"
	_ "github.com/gatequake/gatequake/harness/interrupt/early" // so that a signal is never lost
	"github.com/gatequake/gatequake/harness/runner"
)

func main() {
	runner.Serve() // If this process is the first of a world, it ends here.
	os.Exit(cli.Main(os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}
