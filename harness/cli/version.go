package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// commit is what make build built of: git's short name of it, with -dirty behind it when a file that counts was changed
// since.
var commit string

// version is that of the module, or the commit that the binary was built from.
func version() string {
	if commit != "" {
		return commit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which version this is, and of which commit and day",
		Example: "  gatequake version", Args: nothing("argument"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, versionWords())
			return err
		},
	}
}

// versionWords are what a report of a bug needs: the version, the commit and its day where they were built in, and the
// compiler.
func versionWords() string {
	words := "gatequake " + version()
	set := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			set[s.Key] = s.Value
		}
	}
	if is := set["vcs.revision"]; is != "" {
		words += fmt.Sprintf("\ncommit %s of %s", is, set["vcs.time"])
		if set["vcs.modified"] == "true" {
			words += ", with changes"
		}
	}
	return words + fmt.Sprintf("\nbuilt with %s for %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
