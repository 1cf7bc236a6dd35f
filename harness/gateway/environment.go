package gateway

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Inherited lists the variables of the caller's environment that every gateway gets, where they are set: where
// programs, the user's own files and the time zone are found, and the language. Others may be secrets (a pipeline's
// tokens), and only those reach a gateway that somebody has named. A name that ends in * stands for all that begin
// so.
func Inherited() []string {
	return []string{"PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_*", "TZ"}
}

// environment returns what the command, which has not been started, gets: what is inherited, and the named, each NAME
// or NAME=VALUE. What is a role of this binary is no program of somebody else's, and keeps everything.
func environment(cmd *exec.Cmd, named []string) ([]string, error) {
	all := cmd.Environ()
	if cmd.Env == nil { // As command makes it for a program.
		all = slices.DeleteFunc(all, func(v string) bool {
			name, _, _ := strings.Cut(v, "=")
			return !Inherits(name)
		})
	}
	given, err := Variables(named)
	return append(all, given...), err
}

// Variables returns the variables, each NAME or NAME=VALUE, with their values: of a name alone, that of this process.
// The error says which is no variable, or is not set.
func Variables(all []string) ([]string, error) {
	given := []string{}
	for _, v := range all {
		name, _, whole := strings.Cut(v, "=")
		if name == "" || strings.ContainsAny(name, " \t\x00") || strings.HasPrefix(name, "GATEQUAKE_") {
			return nil, fmt.Errorf("env: got %q, want NAME or NAME=VALUE, and no name that begins with GATEQUAKE_", v)
		}
		if !whole {
			value, set := os.LookupEnv(name)
			if !set {
				return nil, fmt.Errorf("env: got %s, which is not set here; set it, or give it a value: %s=VALUE", name,
					name)
			}
			v = name + "=" + value
		}
		given = append(given, v)
	}
	return given, nil
}

// Inherits reports whether a gateway gets the variable without being told to; see Inherited.
func Inherits(name string) bool {
	return slices.ContainsFunc(Inherited(), func(one string) bool {
		prefix, all := strings.CutSuffix(one, "*")
		return name == one || all && strings.HasPrefix(name, prefix)
	})
}
