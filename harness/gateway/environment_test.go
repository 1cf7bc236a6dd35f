package gateway

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestEnvironmentIsWhatIsInheritedAndNamed(t *testing.T) {
	t.Setenv("LC_TIME", "C")
	t.Setenv("CI_TOKEN", "secret")
	t.Setenv("WANTED", "by name")
	got, err := environment(exec.Command("true"), []string{"WANTED", "GIVEN=a=b"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"LC_TIME=C", "WANTED=by name", "GIVEN=a=b"} {
		if !slices.Contains(got, want) {
			t.Errorf("got %q, want %s among them", got, want)
		}
	}
	if slices.ContainsFunc(got, func(v string) bool { return strings.HasPrefix(v, "CI_TOKEN=") }) {
		t.Errorf("got %q, want no variable that nobody named", got)
	}
	own, err := environment(&exec.Cmd{Env: []string{"GATEQUAKE_ROLE=x"}}, nil)
	if err != nil || !slices.Equal(own, []string{"GATEQUAKE_ROLE=x"}) {
		t.Errorf("got %q, %v; want all that a role of this binary was given", own, err)
	}
}

func TestVariablesThatCannotBeGiven(t *testing.T) {
	for v, want := range map[string]string{
		"NO_SUCH_VARIABLE": "which is not set here; set it, or give it a value: NO_SUCH_VARIABLE=VALUE",
		"=x":               "want NAME or NAME=VALUE",
		"TWO WORDS=x":      "want NAME or NAME=VALUE",
		"GATEQUAKE_X=1":    "no name that begins with GATEQUAKE_",
	} {
		if _, err := Variables([]string{v}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", v, err, want)
		}
	}
}

// TestPagesNameTheEnvironment holds that whoever reads what a gateway gets of the environment reads all of it.
func TestPagesNameTheEnvironment(t *testing.T) {
	t.Parallel()
	all := Inherited()
	most, last := all[:len(all)-1], all[len(all)-1]
	for page, want := range map[string]string{
		"../world/boundary.md": "`" + strings.Join(all, "`, `") + "`",
		"../../README.md":      "`" + strings.Join(most, "`, `") + "` and `" + last + "`",
	} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if line := strings.Join(strings.Fields(string(text)), " "); !strings.Contains(line, want) {
			t.Errorf("%s: got no %q, want it there", page, want)
		}
	}
}
