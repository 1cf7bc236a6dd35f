package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/survey"
	"github.com/gatequake/gatequake/harness/world"
)

// surveyTimeout bounds a survey: the start of the slowest gateway, and the requests for all words that are tried.
const surveyTimeout = 90 * time.Second

type surveyRequest struct {
	Do  task
	Own gateway.Own
}

// surveyAnswer carries the end of a gateway that cannot be tried, which is no failure of the harness.
type surveyAnswer struct {
	Found survey.Found
	Why   string
}

// Survey surveys the gateway that o names in a world of its own. The error of a gateway that cannot be tried wraps
// survey.ErrNotTryable.
func Survey(ctx context.Context, own gateway.Own, o Options) (survey.Found, error) {
	ctx, cancel := context.WithTimeoutCause(
		ctx,
		surveyTimeout,
		fmt.Errorf("the survey took longer than %s", surveyTimeout),
	)
	defer cancel()
	a := surveyAnswer{}
	output := io.Writer(nil)
	if o.Doing != nil {
		output = &doings{tell: o.Doing}
	}
	err := world.Run(
		ctx,
		world.Options{Mode: o.Mode, Args: o.Args, Writable: own.Folders(), Output: output},
		surveyRequest{makeSurvey, own},
		&a,
	)
	if err == nil && a.Why != "" {
		err = notTryable(a.Why)
	}
	return a.Found, err
}

// notTryable is an error that has crossed from a world.
type notTryable string

// Error is what it was in the world.
func (n notTryable) Error() string { return string(n) }

// Is lets the error be known for what it is.
func (n notTryable) Is(target error) bool { return target == survey.ErrNotTryable }

func serveSurvey(ctx context.Context, w *world.World, request json.RawMessage) (any, error) {
	var r surveyRequest
	if err := json.Unmarshal(request, &r); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	found, err := survey.RunTelling(ctx, w, r.Own, func(does string) { fmt.Fprintln(os.Stderr, doing+does) })
	if errors.Is(err, survey.ErrNotTryable) {
		return surveyAnswer{found, err.Error()}, nil
	}
	return surveyAnswer{Found: found}, err
}

// doing begins the lines in which the first process of a world says what a survey does.
const doing = "gatequake survey: "

// doings is the output of a world, whose lines about what a survey does it tells.
type doings struct {
	tell func(string)
	rest string // of a line that has not come to its end
}

// mostRest bounds a line: what is longer is none of ours.
const mostRest = 4 << 10

// Write implements io.Writer.
func (d *doings) Write(p []byte) (int, error) {
	d.rest += string(p)
	for {
		line, rest, whole := strings.Cut(d.rest, "\n")
		if !whole {
			break
		}
		d.rest = rest
		if does, ours := strings.CutPrefix(line, doing); ours {
			d.tell(does)
		}
	}
	if len(d.rest) > mostRest {
		d.rest = ""
	}
	return len(p), nil
}
