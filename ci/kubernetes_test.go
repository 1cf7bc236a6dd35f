package ci

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// decoded reads a manifest as the API server does under strict field validation: a field that the type does not
// have, or has twice, is an error.
func decoded[T any](t *testing.T, file string) T {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("kubernetes", file))
	if err != nil {
		t.Fatal(err)
	}
	var object T
	if err := yaml.UnmarshalStrict(doc, &object, yaml.DisallowUnknownFields); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return object
}

// only returns the container of a Job that has one.
func only(t *testing.T, j batch.Job) core.Container {
	t.Helper()
	if j.APIVersion != "batch/v1" || j.Kind != "Job" || len(j.Spec.Template.Spec.Containers) != 1 ||
		j.Spec.Template.Spec.RestartPolicy != core.RestartPolicyNever {
		t.Fatalf("got %s %s, %+v, want a Job of batch/v1 with one container that is not restarted", j.APIVersion,
			j.Kind, j.Spec.Template.Spec)
	}
	return j.Spec.Template.Spec.Containers[0]
}

func TestKubernetesManifestsFitTogether(t *testing.T) {
	t.Parallel()
	run, merge, claim := decoded[batch.Job](t, "run.yaml"), decoded[batch.Job](t, "merge.yaml"),
		decoded[core.PersistentVolumeClaim](t, "results.yaml")
	if claim.APIVersion != "v1" || claim.Kind != "PersistentVolumeClaim" {
		t.Errorf("got %s %s, want a claim", claim.APIVersion, claim.Kind)
	}
	if run.Spec.CompletionMode == nil || *run.Spec.CompletionMode != batch.IndexedCompletion {
		t.Errorf("got completion mode %v, want Indexed: the index is the shard", run.Spec.CompletionMode)
	}
	for _, j := range []batch.Job{run, merge} {
		c := only(t, j)
		if len(c.Env) != 1 || c.Env[0].Name != "SHARDS" || c.Env[0].Value != fmt.Sprint(*run.Spec.Completions) {
			t.Errorf("%s: got %v, want SHARDS to be the %d completions", j.Name, c.Env, *run.Spec.Completions)
		}
		v, mounts := j.Spec.Template.Spec.Volumes, c.VolumeMounts
		if len(v) != 1 || v[0].PersistentVolumeClaim == nil || v[0].PersistentVolumeClaim.ClaimName != claim.Name ||
			len(mounts) != 1 || mounts[0].Name != v[0].Name {
			t.Fatalf("%s: got the volumes %v and the mounts %v, want the claim %s", j.Name, v, mounts, claim.Name)
		}
		if c.WorkingDir != mounts[0].MountPath {
			t.Errorf("%s: got the working folder %s, want the volume's, %s", j.Name, c.WorkingDir, mounts[0].MountPath)
		}
		if found := expanded.FindString(strings.Join(append(c.Command, c.Args...), "\n")); found != "" {
			t.Errorf("%s: got %s in its command, which Kubernetes takes before a shell does", j.Name, found)
		}
	}
}

// expanded is what Kubernetes replaces in a command: references to variables, and the escape for their sign.
var expanded = regexp.MustCompile(`\$\$|\$\([A-Za-z_][-A-Za-z0-9_.]*\)`)

func TestStrictDecodingCanFail(t *testing.T) {
	t.Parallel()
	var j batch.Job
	for _, doc := range []string{
		"spec: {complections: 4}", "spec: {completions: 4, completions: 5}",
		"spec: {completions: four}",
	} {
		if err := yaml.UnmarshalStrict([]byte(doc), &j, yaml.DisallowUnknownFields); err == nil {
			t.Errorf("%s: got no error", doc)
		}
	}
}

// TestKubernetesCommands runs what the containers run, with the variables that Kubernetes sets and the volume as
// the working folder.
func TestKubernetesCommands(t *testing.T) {
	t.Parallel()
	run, merge := only(t, decoded[batch.Job](t, "run.yaml")), only(t, decoded[batch.Job](t, "merge.yaml"))
	dir, volume := workshop(t), t.TempDir()
	shards, err := strconv.Atoi(run.Env[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	few := []string{"--gateway", "builtin", "--setting", "document", "--only", "refused,garbage"}
	play := func(c core.Container, args []string, env ...string) outcome {
		for _, v := range c.Env {
			env = append(env, v.Name+"="+v.Value)
		}
		return script(t, dir, volume, append(c.Command, args...), env...)
	}
	if err := os.MkdirAll(filepath.Join(volume, "shard-1-of-"+run.Env[0].Value, "left"), 0o755); err != nil {
		t.Fatal(err) // Of an earlier run.
	}
	for i := range shards {
		if i == shards-1 {
			play(merge, merge.Args).is(t, 64, fmt.Sprintf("got no shard %d/%d", shards, shards))
		}
		play(run, few, fmt.Sprintf("JOB_COMPLETION_INDEX=%d", i)).is(t, 0, "experiments")
	}
	play(merge, merge.Args).is(t, 0, "garbage", "results.json")
	if _, err := os.Stat(filepath.Join(volume, "shard-1-of-"+run.Env[0].Value, "left")); err == nil {
		t.Error("got a shard's folder with something of an earlier run in it, want a new one")
	}
	// What a gateway gets wrong is for the merging Job to say; a mistake in the arguments is the shard's own.
	index := "JOB_COMPLETION_INDEX=0"
	play(run, []string{"--gateway", "builtin", "--only", "refused", "--portable", "--cause", "firewall"}, index).
		is(t, 1, "leaves nothing of")
	play(run, []string{"--gateway", "builtin", "--only", "firewall-reject-rst", "--portable"}, index).
		is(t, 0, "are unsupported here")
}
