package ci

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
)

// given are the capabilities that Docker and containerd give a container by themselves (moby, oci/caps/defaults.go).
const given = "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE " +
	"SYS_CHROOT KILL AUDIT_WRITE"

// TestContainerCapabilities starts gatequake with the capabilities that the templates say it needs, and with one less.
func TestContainerCapabilities(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("setpriv"); os.Geteuid() != 0 || err != nil {
		t.Skip("unsupported: only root can give up single capabilities, with setpriv")
	}
	needs := []string{}
	for _, c := range only(t, decoded[batch.Job](t, "run.yaml")).SecurityContext.Capabilities.Add {
		needs = append(needs, string(c))
	}
	if len(needs) == 0 {
		t.Fatal("got no capabilities in run.yaml, want those that worlds need")
	}
	dir := workshop(t)
	doctor := func(capabilities []string) outcome {
		set := "-all"
		for _, c := range capabilities {
			set += ",+" + strings.ToLower(c)
		}
		return script(t, dir, dir, []string{
			"setpriv", "--inh-caps=-all", "--bounding-set=" + set,
			"gatequake", "doctor",
		})
	}
	yes := regexp.MustCompile(`(?m)^  root +yes`)
	if o := doctor(append(strings.Fields(given), needs...)); !yes.MatchString(o.said) {
		t.Errorf("got %s, want worlds made as root with %s", o.said, needs)
	}
	for i, missing := range needs {
		rest := append(append(strings.Fields(given), needs[:i]...), needs[i+1:]...)
		if o := doctor(rest); yes.MatchString(o.said) {
			t.Errorf("got worlds made as root without %s, want none: it is not needed", missing)
		}
	}
	for _, file := range []string{"Containerfile", "Jenkinsfile", "gitlab.yml", pipelines} {
		text := string(read(t, file))
		for _, c := range needs {
			if !strings.Contains(text, c) {
				t.Errorf("%s: got no %s, want every capability named", file, c)
			}
		}
	}
}

// TestContainerfile checks what it takes from the repository.
func TestContainerfile(t *testing.T) {
	t.Parallel()
	text := string(read(t, "Containerfile"))
	for _, m := range regexp.MustCompile(`(?m)^COPY --from=build /src/(\S+)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat("../" + m[1]); err != nil {
			t.Error(err)
		}
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(read(t, "../go.mod"))
	if want := "golang:" + string(version[1]) + "-"; !strings.Contains(text, want) {
		t.Errorf("got no image %s in the Containerfile, want that of go.mod's version", want)
	}
}
