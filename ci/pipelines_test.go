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

func TestGitHubAction(t *testing.T) {
	t.Parallel()
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				If, Shell, Run string
				Env            map[string]string
				Folder         string `yaml:"working-directory"`
			}
		}
	}
	if err := yaml.Unmarshal(read(t, "github/action.yaml"), &action); err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("github")
	if err != nil {
		t.Fatal(err)
	}
	dir, temp := t.TempDir(), t.TempDir()
	path, summary := filepath.Join(temp, "path"), filepath.Join(temp, "summary.md")
	// Stands for sudo, which this machine may not have or not allow.
	if err := os.Mkdir(filepath.Join(temp, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(temp, "bin", "sudo"),
		[]byte("#!/bin/sh\n[ \"$1\" = --preserve-env ] || exit 64\nshift\nexec \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	// What the runner puts in place of expressions, and the variables it sets.
	values := strings.NewReplacer("${{ github.action_path }}", here, "${{ inputs.command }}", "run --report out "+few,
		"${{ inputs.gateways }}", "builtin")
	env := []string{
		"GITHUB_ACTIONS=true", "RUNNER_TEMP=" + temp, "GITHUB_PATH=" + path,
		"GITHUB_STEP_SUMMARY=" + summary,
	}
	ran := 0
	for _, step := range action.Runs.Steps {
		if step.Run == "" || strings.Contains(step.If, "gateways") { // Installing is ci/gateways' own business.
			continue
		}
		ran++
		folder, own := dir, env
		if step.Folder != "" {
			folder = values.Replace(step.Folder)
		}
		for name, value := range step.Env {
			own = append(own, name+"="+values.Replace(value))
		}
		added, _ := os.ReadFile(path)
		bins := []string{strings.TrimSpace(string(added)), filepath.Join(temp, "bin"), os.Getenv("PATH")}
		own = append(own, "PATH="+strings.Join(bins, ":"))
		script(t, temp, folder, []string{"bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run}, own...).
			is(t, 0)
	}
	if ran != 2 {
		t.Errorf("got %d steps that ran, want that which builds and that which runs", ran)
	}
	if got := string(read(t, summary)); !strings.Contains(got, "### Gatequake") {
		t.Errorf("got the summary %q, want the run's", got)
	}
	read(t, filepath.Join(dir, "out", "junit.xml"))
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
