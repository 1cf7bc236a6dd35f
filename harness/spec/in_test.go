package spec_test

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/onsi/ginkgo/v2/types"
)

// suiteFile is where the specs of the fixture stand.
const suiteFile = "testdata/misbehaving/misbehaving_test.go"

// lineOf returns the line of the fixture's file that holds text, as FILE:LINE.
func lineOf(t *testing.T, text string) string {
	t.Helper()
	f, err := os.Open(suiteFile)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if strings.Contains(lines.Text(), text) {
			return "misbehaving_test.go:" + strconv.Itoa(n)
		}
	}
	t.Fatalf("no line of %s has %q", suiteFile, text)
	return ""
}

func TestInPasses(t *testing.T) {
	g := NewWithT(t)
	o := only(t, "A body passes$")
	g.Expect(o.one(t).State).To(Equal(types.SpecStatePassed))
	g.Expect(o.err).NotTo(HaveOccurred())
}

func TestInTellsOfAFailure(t *testing.T) {
	g := NewWithT(t)
	o := only(t, "A body fails$")
	spec := o.one(t)
	g.Expect(o.err).To(HaveOccurred())
	g.Expect(spec.State).To(Equal(types.SpecStateFailed))
	g.Expect(spec.Failure.Message).To(SatisfyAll(
		ContainSubstring("Expected GET / to get a whole 403 by gateway; it got 200 by upstream"),
		ContainSubstring(lineOf(t, "Expect(b.Get(ctx)).To(BeForbidden()) //")),
		HaveSuffix(
			`GATEQUAKE_GATEWAY=builtin GATEQUAKE_SETTING=document go test -ginkgo.focus='^Misbehaving A body fails$'`,
		),
	))
	g.Expect(
		spec.CapturedGinkgoWriterOutput,
	).To(
		SatisfyAll(ContainSubstring("a line for the writer"), ContainSubstring("looking for a refusal")),
	)
}

func TestInTellsHowItWentWrong(t *testing.T) {
	for _, c := range []struct {
		spec  string
		state types.SpecState
		want  []string
	}{
		{"panics", types.SpecStateFailed, []string{"out of cheese", lineOf(t, `panic("out of cheese")`)}},
		{"has a goroutine that panics", types.SpecStateFailed, []string{"out of wine", "To reproduce"}},
		{"fails while it cleans up", types.SpecStateFailed, []string{"a broken broom", lineOf(t, "a broken broom")}},
		{"skips", types.SpecStateSkipped, []string{"not today"}},
		{"is not prepared", types.SpecStateFailed, []string{"firewall-blocks-one-port", "spec.In"}},
	} {
		t.Run(c.spec, func(t *testing.T) {
			g := NewWithT(t)
			spec := only(t, "A body "+c.spec+"$").one(t)
			g.Expect(spec.State).To(Equal(c.state))
			for _, want := range c.want {
				g.Expect(spec.Failure.Message).To(ContainSubstring(want))
			}
		})
	}
}

func TestInRefusesTwins(t *testing.T) {
	g := NewWithT(t)
	o := only(t, "A body is a twin$")
	g.Expect(o.ran).To(HaveLen(2))
	g.Expect(o.ran[0].Failure.Message).To(ContainSubstring(`2 specs have the text "A body is a twin"`))
}

func TestTimeoutEndsTheWorld(t *testing.T) {
	for spec, want := range map[string]string{
		"waits in vain": lineOf(t, "Eventually(ctx, b.Get).Should(BeForbidden())"), // It can tell what it waited for.
		"hangs":         "world ended early: spec timeout occurred",
	} {
		t.Run(spec, func(t *testing.T) {
			g := NewWithT(t)
			begin := time.Now()
			report := only(t, "A body "+spec+"$").one(t)
			g.Expect(
				time.Since(begin),
			).To(
				BeNumerically("<", 20*time.Second),
			) // Half of Ginkgo's own grace, after which it leaves a spec behind.
			g.Expect(report.State).To(Equal(types.SpecStateTimedout))
			g.Expect(report.Failure.AdditionalFailure).NotTo(BeNil())
			g.Expect(report.Failure.AdditionalFailure.Failure.Message).To(ContainSubstring(want))
		})
	}
}

func TestCtrlCEndsTheWorld(t *testing.T) {
	g := NewWithT(t)
	cmd := exec.CommandContext(t.Context(), fixture, "-ginkgo.focus=A body hangs for long$")
	cmd.Stdout = &interrupter{cmd: cmd}
	begin := time.Now()
	o := run(t, cmd)
	g.Expect(o.err).To(HaveOccurred())
	g.Expect(o.output).To(ContainSubstring("Interrupted by User"))
	g.Expect(time.Since(begin)).To(BeNumerically("<", 20*time.Second))
}

// interrupter is a user who presses Ctrl-C as soon as the suite begins.
type interrupter struct {
	cmd  *exec.Cmd
	seen strings.Builder
	done bool
}

func (i *interrupter) Write(p []byte) (int, error) {
	i.seen.Write(p)
	if !i.done && strings.Contains(i.seen.String(), "Will run 1 of") {
		i.done = true
		_ = i.cmd.Process.Signal(os.Interrupt)
	}
	return len(p), nil
}
