package policy

import (
	_ "embed" // for the schema
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/suggest"
	"github.com/gatequake/gatequake/harness/yamldoc"
)

// Schema is the JSON schema of a policy file.
//
//go:embed policy.schema.json
var Schema []byte

// policyFile is a user's policy, in YAML.
type policyFile struct {
	Name        string              `yaml:"name"`
	Default     ruleFile            `yaml:"default"`
	Causes      map[string]ruleFile `yaml:"causes"`
	Errors      map[string]ruleFile `yaml:"errors"`
	Experiments map[string]ruleFile `yaml:"experiments"`
}

// ruleFile is a rule: a code, a list of codes, or a mapping.
type ruleFile struct {
	Status   codes         `yaml:"status"`
	By       string        `yaml:"by"`
	Within   time.Duration `yaml:"within"`
	Recovery time.Duration `yaml:"recovery"`
}

// codes is one status code or several.
type codes []int

// UnmarshalYAML reads a number or a list of numbers.
func (c *codes) UnmarshalYAML(read func(any) error) error {
	one := 0
	if err := read(&one); err == nil {
		*c = codes{one}
		return nil
	}
	return read((*[]int)(c))
}

// UnmarshalYAML reads a mapping, or codes alone.
func (r *ruleFile) UnmarshalYAML(read func(any) error) error {
	if err := read(&r.Status); err == nil {
		return nil
	}
	type plain ruleFile
	return read((*plain)(r))
}

// Parse reads a user's policy from text, which stands in the file name. Rules for experiments may name the faults whose
// IDs are given. The error is one line that begins with file:line:column.
func Parse(name string, text []byte, faults []string) (Policy, error) {
	f := policyFile{}
	doc, err := yamldoc.Read(name, text, &f, "a policy: a name, and the status of causes, errors or experiments")
	if err != nil {
		return Policy{}, err
	}
	p := Policy{Name: f.Name}
	if p.Name == "" {
		return p, fmt.Errorf("%s:1:1: got no name, want one, so that reports can say which policy it was", name)
	}
	if slices.ContainsFunc(Policies(), func(own Policy) bool { return own.Name == p.Name }) {
		return p, fmt.Errorf(
			"%s: name: got %q, which is a policy of Gatequake's own, want another",
			doc.At("name"),
			p.Name,
		)
	}
	if p.Default, err = f.Default.rule(doc, "default"); err != nil {
		return p, err
	}
	p.Default = p.Default.or(Document().Default)
	if p.Causes, err = section(doc, "causes", f.Causes, cause.All()); err != nil {
		return p, err
	}
	if p.Errors, err = section(doc, "errors", f.Errors, proxystatus.ErrorTypes()); err != nil {
		return p, err
	}
	p.Experiments, err = section(doc, "experiments", f.Experiments, faults)
	return p, err
}

// section turns a mapping of the file into rules, and refuses keys that are not known.
func section[K ~string](doc *yamldoc.Doc, name string, rules map[string]ruleFile, known []K) (map[K]Rule, error) {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	out := map[K]Rule{}
	for key, r := range rules {
		if !slices.Contains(names, key) {
			near := ""
			if n := suggest.Nearest(key, names); n != "" {
				near = "did you mean " + n + "? "
			}
			return nil, fmt.Errorf(
				"%s: %s: got %q; %sthere are: %s",
				doc.At(name, key),
				name,
				key,
				near,
				strings.Join(names, ", "),
			)
		}
		rule, err := r.rule(doc, name, key)
		if err != nil {
			return nil, err
		}
		out[K(key)] = rule
	}
	return out, nil
}

// rule checks the rule that stands at path.
func (r ruleFile) rule(doc *yamldoc.Doc, path ...any) (Rule, error) {
	for _, code := range r.Status {
		if code < 100 || code > 599 {
			return Rule{}, fmt.Errorf(
				"%s: %s: got status %d, want 100 to 599",
				doc.At(path...),
				yamldoc.Words(path),
				code,
			)
		}
	}
	switch by := record.Author(r.By); {
	case r.By == "":
	case by != record.ByGateway && by != record.ByUpstream:
		return Rule{}, fmt.Errorf("%s: %s: by: got %q, want %s or %s", doc.At(path...), yamldoc.Words(path), r.By,
			record.ByGateway, record.ByUpstream)
	case len(r.Status) == 0:
		return Rule{}, fmt.Errorf("%s: %s: by: got no status beside it, want one: who writes what",
			doc.At(path...), yamldoc.Words(path))
	}
	if r.Within < 0 || r.Recovery < 0 {
		return Rule{}, fmt.Errorf(
			"%s: %s: got a negative time, want more than 0",
			doc.At(path...),
			yamldoc.Words(path),
		)
	}
	return Rule{Statuses: r.Status, By: record.Author(r.By), Within: r.Within, Recovery: r.Recovery}, nil
}
