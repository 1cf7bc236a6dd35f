package spec

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/reporters"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/world"
)

// In makes a spec's body of one that runs inside a world with a bench in it, whose gateway serves; the bench is
// closed after it. Assertions, By, Skip and DeferCleanup work in it as anywhere. The world is prepared for the faults
// that are given, if one of them asks for that. The spec's BeforeEach and the suite's BeforeSuite run on both sides:
// once outside, once in the world.
func In(body func(ginkgo.SpecContext, *Bench), prepared ...*catalog.Fault) func(ginkgo.SpecContext) {
	return Layout{Faults: prepared}.In(body)
}

// In makes a spec's body of one that runs inside a world of this layout, as the function In does.
func (l Layout) In(body func(ginkgo.SpecContext, *Bench)) func(ginkgo.SpecContext) {
	return l.in(underTest, body)
}

// On makes a spec's body as In does, with a gateway of the suite's own in place of the one under test: one that is
// wrong on purpose, say, in the setting document.
func On(
	find func() (*gateway.Definition, error),
	body func(ginkgo.SpecContext, *Bench),
	prepared ...*catalog.Fault,
) func(ginkgo.SpecContext) {
	return Layout{Faults: prepared}.in(func() (subject, error) {
		d, err := find()
		return subject{Gateway: d, Setting: document}, err
	}, body)
}

func (l Layout) in(find func() (subject, error), body func(ginkgo.SpecContext, *Bench)) func(ginkgo.SpecContext) {
	return func(ctx ginkgo.SpecContext) {
		if suite.inside != nil {
			body(ctx, newBench(ctx, *suite.inside, l))
			return
		}
		s, err := find()
		if err != nil {
			ginkgo.Fail(err.Error())
		}
		relay(visit(ctx, s), s)
	}
}

// visit lets the current spec be played in a world and returns its report.
func visit(ctx ginkgo.SpecContext, s subject) types.SpecReport {
	this := ctx.SpecReport()
	r := request{subject: s, Focus: focus(this)}
	late, stop := withGrace(ctx)
	defer stop()
	report := types.SpecReport{}
	if err := world.Run(late, world.Options{Mode: mode(), Args: suite.args}, r, &report); err != nil {
		ginkgo.Fail(err.Error() + replay(this, s))
	}
	return report
}

// relay makes the outcome of a spec in a world the outcome of the current one.
func relay(r types.SpecReport, s subject) {
	ginkgo.GinkgoWriter.Print(reporters.RenderTimeline(r, true))
	for _, e := range r.ReportEntries {
		// The timeline has shown it; this is for the report of the suite.
		ginkgo.AddReportEntry(e.Name, json.RawMessage(e.Value.AsJSON), ginkgo.ReportEntryVisibilityNever)
	}
	if r.State == types.SpecStateSkipped {
		ginkgo.Skip(r.Failure.Message)
	}
	if r.State == types.SpecStatePassed {
		return
	}
	message := []string{r.Failure.Message}
	if r.Failure.ForwardedPanic != "" {
		message = append(message, r.Failure.ForwardedPanic)
	}
	if more := r.Failure.AdditionalFailure; more != nil {
		message = append(message, more.Failure.Message, "at "+more.Failure.Location.String())
	}
	message = append(message, "at "+r.Failure.Location.String())
	ginkgo.Fail(strings.Join(message, "\n") + replay(r, s))
}

// focus returns a regular expression that matches the spec as --focus does, and no spec with another text.
func focus(r types.SpecReport) string {
	return "^" + regexp.QuoteMeta(suite.description+" "+r.FullText()) + "$"
}

// replay tells how to run the spec again.
func replay(r types.SpecReport, s subject) string {
	return "\nTo reproduce, in the suite's folder: " + command(r, s)
}

func command(r types.SpecReport, s subject) string {
	settings := []string{}
	if s.Gateway.Kind() == gateway.KindKnown {
		settings = append(
			settings,
			environGateway+"="+environment(environGateway, s.Gateway.Name),
			environSetting+"="+s.Setting,
		)
	}
	if mode() == world.Portable {
		settings = append(settings, environPortable+"=1")
	}
	quoted := "'" + strings.ReplaceAll(focus(r), "'", `'\''`) + "'"
	return strings.Join(append(settings, "go test -ginkgo.focus="+quoted), " ")
}

// grace is how long a world may go on when its spec's time is over: enough for the spec in it, whose time is over a
// moment later as it began a moment later, to tell what it was waiting for, also where a world takes seconds to
// begin, and not so long that Ctrl-C annoys.
const grace = 5 * time.Second

// withGrace returns a context that ends a grace after ctx, with its cause.
func withGrace(ctx context.Context) (context.Context, func()) {
	late, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-late.Done():
		case <-time.After(grace):
			cancel(context.Cause(ctx))
		}
	})
	return late, func() {
		stop()
		cancel(nil)
	}
}
