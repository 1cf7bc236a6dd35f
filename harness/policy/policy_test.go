package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gatequake/gatequake/harness/catalog"

	_ "github.com/gatequake/gatequake/harness/faults"
	"github.com/gatequake/gatequake/harness/policy"
)

// policies name faults

const ours = `name: ours
default: [502, 503]
causes:
  dns: 503
errors:
  http_response_timeout: {status: [504], within: 1500ms}
experiments:
  slow-answer: {recovery: 2s}
  error-500: 502
  stale-pooled-connection: {status: 200, by: upstream}
`

func fault(t *testing.T, id string) *catalog.Fault {
	t.Helper()
	e, err := catalog.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	return e.Fault
}

func TestPolicies(t *testing.T) {
	own, err := policy.Parse("ours.yaml", []byte(ours), catalog.FaultIDs())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		policy   policy.Policy
		id, want string
	}{
		{policy.Document(), "slow-answer", "502 by gateway"},
		{policy.Document(), "error-500", "500 by upstream"},
		{policy.Document(), "reset-mid-body", "502 by gateway, or visibly cut"},
		{policy.RFC9209(), "slow-answer", "504 by gateway"},
		{policy.RFC9209(), "refused", "502 by gateway"},
		{policy.RFC9209(), "error-500", "500 by upstream"},
		{policy.GatewayError(), "frozen", "502 or 503 or 504 by gateway, recovered within 10s"},
		{policy.GatewayError(), "error-500", "500 by upstream, recovered within 10s"},
		{policy.GatewayError(), "keepalive-mismatch", "200 by upstream, recovered within 10s"},
		{policy.Document(), "keepalive-mismatch", "502 by gateway, or relayed whole"},
		{own, "stale-pooled-connection", "200 by upstream"},
		{own, "refused", "502 or 503 by gateway"},
		{own, "dns-nxdomain", "503 by gateway"},
		{own, "frozen", "504 by gateway, within 1.5s"},
		{own, "slow-answer", "504 by gateway, within 1.5s, recovered within 2s"},
		{own, "error-500", "502 by gateway"},
		{own, "latency-within-budget", "200 by upstream"},
	} {
		if got := c.policy.Expect(fault(t, c.id).Experiment().Record()).String(); got != c.want {
			t.Errorf("%s of %s: got %s, want %s", c.policy.Name, c.id, got, c.want)
		}
	}
	if got := own.Experiments["slow-answer"].Recovery; got != 2*time.Second {
		t.Errorf("got recovery %s, want 2s", got)
	}
}

func TestPolicyMistakesHaveAPlace(t *testing.T) {
	for text, want := range map[string]string{
		"name: x\nexperiments:\n  refsued: 502\n":        `p.yaml:3:3: experiments: got "refsued"; did you mean refused? `,
		"name: x\ncauses: {dsn: 502}\n":                  `p.yaml:2:10: causes: got "dsn"; did you mean dns? there are: `,
		"name: x\nerrors: {dns_eror: 502}\n":             `p.yaml:2:10: errors: got "dns_eror"; did you mean dns_error? `,
		"name: x\ndefault: 99\n":                         "p.yaml:2:1: default: got status 99, want 100 to 599",
		"name: x\nexperiments:\n  refused: [502, 600]\n": "p.yaml:3:3: experiments: refused: got status 600, want 100 to 599",
		"name: x\ncauses:\n  dns: 502\n  dns: 503\n":     "p.yaml:4:3: mapping key \"dns\" already defined at [3:3]",
		"name: x\nstatus: 502\n":                         `p.yaml:2:1: unknown field "status"`,
		"name: x\ndefault: {status: 502, withn: 1s}\n":   "p.yaml:2:",
		"name: x\ndefault: {by: upstream}\n":             "p.yaml:2:1: default: by: got no status beside it",
		"name: x\ndefault: {status: 200, by: me}\n":      `p.yaml:2:1: default: by: got "me", want gateway or upstream`,
		"name: x\ndefault: {within: -1s}\n":              "p.yaml:2:1: default: got a negative time",
		"name: x\ndefault: [\n":                          "p.yaml:2:",
		"default: 502\n":                                 "p.yaml:1:1: got no name",
		"":                                               "p.yaml:1:1: got an empty file, want a policy",
		"# a comment":                                    "p.yaml:1:1: got nothing but marks and comments, want a policy",
		"---\n":                                          "p.yaml:1:1: got nothing but marks and comments, want a policy",
		"!":                                              "p.yaml:1:1: got nothing but marks and comments, want a policy",
		"!!x":                                            "p.yaml:1:1: got nothing but marks and comments, want a policy",
		"...":                                            "p.yaml:1:1: got nothing but marks and comments, want a policy",
		"null":                                           "p.yaml:1:1: got null, want a policy",
		"~":                                              "p.yaml:1:1: got null, want a policy",
		"- a":                                            "p.yaml:1:",
		"502":                                            "p.yaml:1:1: got a single value, want a policy",
		"&a {name: x}":                                   "p.yaml:1:1: got an anchor or an alias, want a policy",
		"name: x\n---\nname: y\n":                        "p.yaml:3:",
		strings.Repeat("[", 1<<20):                       "p.yaml:1:1: got more than 100 lists or mappings in one another",
		strings.Repeat("- ", 1<<19):                      "p.yaml:1:1: got more than 100 lists or mappings in one another",
		"name: [x]\ncauses: nothing\n":                   "p.yaml:1:7: got a list, want a string",
		"name: document\n":                               `p.yaml:1:1: name: got "document", which is a policy of Gatequake's`,
	} {
		if _, err := policy.Parse(
			"p.yaml",
			[]byte(text),
			catalog.FaultIDs(),
		); err == nil || !strings.HasPrefix(err.Error(), want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
}

// The published schema and the parser agree.
func TestPolicySchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(policy.Schema)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("policy.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("policy.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		ours: true, "name: x\n": true, "default: 502\n": false, "name: x\ndefault: 99\n": false,
		"name: x\nstatus: 502\n":                       false,
		"name: x\ndefault: {status: 502, withn: 1s}\n": false,
		"name: x\ndefault: {by: upstream}\n":           false,
		"name: x\ndefault: {status: 200, by: us}\n":    false,
	} {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != want {
			t.Errorf("%q: got %v from the schema, want valid: %t", text, err, want)
		}
		if _, err := policy.Parse("p.yaml", []byte(text), catalog.FaultIDs()); (err == nil) != want {
			t.Errorf("%q: got %v from the parser, want valid: %t", text, err, want)
		}
	}
}
