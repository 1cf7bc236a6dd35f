package ci

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// few are arguments of a run that takes a second or two.
const few = "--gateway builtin --setting document --only refused,garbage"

// step is one of an action's.
type step struct {
	If, Uses, Shell, Run string
	Env                  map[string]string
	Folder               string `yaml:"working-directory"`
}

// action is what of an action is of use to a test.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct{ Steps []step }
}

// TestGitHubAction runs the steps of the action as the runner does, first building, then with inputs of several kinds.
func TestGitHubAction(t *testing.T) {
	t.Parallel()
	var is action
	if err := yaml.Unmarshal(read(t, "github/action.yaml"), &is); err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("github")
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	path, summary := filepath.Join(temp, "path"), filepath.Join(temp, "summary.md")
	// Stands for sudo, which this machine may not have or not allow: root gets the variables that are named, and no
	// others.
	if err := os.Mkdir(filepath.Join(temp, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(temp, "bin", "sudo"),
		[]byte("#!/bin/sh\ncase $1 in -*) exit 64;; esac\nexec env -i \"HOME=$HOME\" \"PATH=$PATH\" \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(s step, folder string, inputs map[string]string) outcome {
		// What the runner puts in place of expressions, and the variables it sets.
		value := func(text string) string {
			text = strings.ReplaceAll(text, "${{ github.action_path }}", here)
			for name, in := range is.Inputs {
				given, ok := inputs[name]
				if !ok {
					given = in.Default
				}
				text = strings.ReplaceAll(text, "${{ inputs."+name+" }}", given)
			}
			return text
		}
		if s.Folder != "" {
			folder = value(s.Folder)
		}
		added, _ := os.ReadFile(path)
		bins := []string{strings.TrimSpace(string(added)), filepath.Join(temp, "bin"), os.Getenv("PATH")}
		env := []string{
			"GITHUB_ACTIONS=true", "RUNNER_TEMP=" + temp, "GITHUB_PATH=" + path, "GITHUB_STEP_SUMMARY=" + summary,
			"TOKEN=secret", "PATH=" + strings.Join(bins, ":"),
		}
		for name, text := range s.Env {
			env = append(env, name+"="+value(text))
		}
		return script(t, temp, folder, []string{"bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run}, env...)
	}
	steps := map[string]step{}
	for _, s := range is.Runs.Steps {
		switch {
		case strings.Contains(s.Run, "go build"):
			steps["build"] = s
		case strings.Contains(s.Run, "gatequake run"):
			steps["run"] = s
		}
	}
	run(steps["build"], temp, nil).is(t, 0)
	for name, c := range map[string]struct {
		inputs map[string]string
		status int
		file   string
		want   string
	}{
		"arguments in a line": {map[string]string{"arguments": few, "report": "out"}, 0, "out/junit.xml", "as expected"},
		"arguments in lines, a policy": {
			map[string]string{"arguments": strings.Join(strings.Fields(few), "\n") + "\n", "policy": "rfc9209"},
			0,
			"report/results.sarif", "as expected",
		},
		"a mistake in an input": {
			map[string]string{"arguments": few, "policy": "rfc 9209"}, 64, "", `no policy, and no file, "rfc 9209"`,
		},
		"a command": {
			map[string]string{"command": "sh\n-c\nexit 7", "arguments": "--only refused"}, 2, "", "exit status 7",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "report"), 0o755); err != nil {
				t.Fatal(err)
			}
			run(steps["run"], dir, c.inputs).is(t, c.status, c.want)
			if c.file != "" {
				read(t, filepath.Join(dir, c.file))
			}
		})
	}
	if got := string(read(t, summary)); !strings.Contains(got, "### Gatequake") {
		t.Errorf("got the summary %q, want the run's", got)
	}
}

// pinned is what a step uses of others: an action by the hash of a commit, with its version beside it.
var pinned = regexp.MustCompile(`uses: (\S+)@([0-9a-f]{40} # v\d+\.\d+\.\d+|\S+)`)

// TestActionsArePinned holds that what we run of others is what was read: a tag may be moved.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"github/action.yaml", "github/workflow.yaml", "../.github/workflows/ci.yml"} {
		all := pinned.FindAllStringSubmatch(string(read(t, file)), -1)
		if len(all) == 0 {
			t.Errorf("%s: got no step that uses an action", file)
		}
		for _, m := range all {
			if !strings.Contains(m[2], " # v") && !strings.HasPrefix(m[1], "gatequake/") {
				t.Errorf("%s: got %s@%s, want the hash of a commit, and its version behind #", file, m[1], m[2])
			}
		}
	}
}

func TestGitLabJobs(t *testing.T) {
	t.Parallel()
	var jobs struct {
		Gatequake struct {
			Script   []string
			Parallel int
		}
		Report struct{ Script []string } `yaml:"gatequake-report"`
	}
	if err := yaml.Unmarshal(read(t, "gitlab.yml"), &jobs); err != nil {
		t.Fatal(err)
	}
	dir, folder := workshop(t), t.TempDir()
	play := func(lines []string, env ...string) outcome {
		return script(t, dir, folder, []string{"sh", "-ec", strings.Join(lines, "\n")},
			append(env, "GATEQUAKE_ARGS="+few)...)
	}
	for _, part := range []string{"1", "2"} {
		play(jobs.Gatequake.Script, "CI_NODE_TOTAL=2", "CI_NODE_INDEX="+part).is(t, 0)
	}
	play(jobs.Report.Script).is(t, 0, "garbage")
	read(t, filepath.Join(folder, "report", "junit.xml"))
	play(jobs.Gatequake.Script, "CI_NODE_TOTAL=2", "CI_NODE_INDEX=3").is(t, 1, `got "3/2", want I/N`)
}

func TestJenkinsfile(t *testing.T) {
	t.Parallel()
	step := regexp.MustCompile(`sh '([^']+)'`)
	dir := workshop(t)
	for name, doc := range map[string][]byte{
		"Jenkinsfile": read(t, "Jenkinsfile"),
		pipelines:     shown(t, "Jenkinsfile"),
	} {
		found, folder := step.FindAllSubmatch(doc, -1), t.TempDir()
		if len(found) != 1 || bytes.Count(doc, []byte("{")) != bytes.Count(doc, []byte("}")) {
			t.Fatalf("%s: got %d steps, want one, and as many braces closed as opened", name, len(found))
		}
		command := strings.ReplaceAll(string(found[0][1]), "--gateway nginx", few) // Nginx may not be installed here.
		script(t, dir, folder, []string{"sh", "-xec", command}, "GATEQUAKE_ARGS="+few).is(t, 0)
		read(t, filepath.Join(folder, "report", "junit.xml"))
	}
}

func TestPreCommitHook(t *testing.T) {
	t.Parallel()
	type hook struct {
		ID, Name, Description, Entry, Language, Files string
		Args                                          []string
		Pass                                          *bool `yaml:"pass_filenames"`
		Serial                                        bool  `yaml:"require_serial"`
	}
	var hooks []hook
	var config struct {
		Repos []struct {
			Repo, Rev string
			Hooks     []hook
		}
	}
	if err := yaml.UnmarshalWithOptions(read(t, "../.pre-commit-hooks.yaml"), &hooks, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(shown(t, ".pre-commit-config.yaml"), &config, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(hooks) != 1 || len(config.Repos) != 1 || len(config.Repos[0].Hooks) != 1 ||
		config.Repos[0].Hooks[0].ID != hooks[0].ID {
		t.Fatalf("got %v and %v, want one hook, in both", hooks, config)
	}
	dir := workshop(t)
	if err := os.Rename(filepath.Join(dir, "mine"), filepath.Join(dir, "gateways")); err != nil {
		t.Fatal(err)
	}
	script(t, dir, dir, append(strings.Fields(hooks[0].Entry), config.Repos[0].Hooks[0].Args...)).is(t, 0, "proxy")
}
