package survey

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/gateway"
)

// variables are the ways in which configurations and their templates ask for a variable of the environment, whose
// name is the group: $NAME and ${NAME}, {$NAME} (Caddy), env.NAME, env:NAME, env(NAME), getenv("NAME"), and the
// directives env (nginx) and PassEnv (Apache). Only names in capitals count: other languages write variables of their
// own in the same way.
var variables = regexp.MustCompile(`(?:\$\{?|env[.:(]|getenv\(["']|(?m:^)\s*(?:env|PassEnv)\s+)([A-Z][A-Z0-9_]{2,})\b`)

// mentioned lists the variables that the text asks for and does not set itself, each once.
func mentioned(text string) []string {
	names := []string{}
	for _, at := range variables.FindAllStringSubmatchIndex(text, -1) {
		m := []string{text[at[0]:at[1]], text[at[2]:at[3]]}
		next, braced := text[at[1]:min(at[1]+1, len(text))], strings.Contains(text[max(0, at[0]-1):at[1]], "{")
		if next == "[" || next == ":" && braced {
			continue // An array of the language's own, or a variable with a default.
		}
		if !slices.Contains(names, m[1]) && !regexp.MustCompile(`\b`+m[1]+`\s*=|(?i)define\s+`+m[1]+`\b`).
			MatchString(text) {
			names = append(names, m[1])
		}
	}
	return names
}

// warnEnvironment names the variables that the configuration mentions and that the gateway does not get.
func (s *survey) warnEnvironment() {
	kept, unset := []string{}, []string{}
	for _, name := range mentioned(s.words.text) {
		given := slices.ContainsFunc(s.own.Env, func(v string) bool {
			return v == name || strings.HasPrefix(v, name+"=")
		})
		switch _, set := os.LookupEnv(name); {
		case given || set && gateway.Inherits(name):
		case set:
			kept = append(kept, name)
		default:
			unset = append(unset, name)
		}
	}
	if len(kept) > 0 {
		s.warn("the configuration mentions %s, which the gateway does not get: no secret of yours reaches it "+
			"unasked; pass them on with --env %s",
			strings.Join(kept, ", "), strings.Join(kept, " --env "))
	}
	if len(unset) > 0 && !script(s.own.Command[0], s.own.Dir) {
		s.warn("the configuration mentions %s, not set here: give a value with --env %s=VALUE",
			strings.Join(unset, ", "), unset[0])
	}
}

// script reports whether the program is one for a shell or the like, which sets variables before it starts a gateway,
// as apachectl does.
func script(program, dir string) bool {
	if strings.Contains(program, "/") && !filepath.IsAbs(program) {
		program = filepath.Join(dir, program)
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 2)
	_, _ = f.Read(head)
	return bytes.Equal(head, []byte("#!"))
}
