package console

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/gatequake/gatequake/harness/report"
)

// Style is how a console is written to. The zero value is plain text of any width, as for a file or a pipeline's log.
type Style struct {
	// Color adds colour; nothing depends on it, every mark can be told by its character.
	Color bool
	// Width is how many characters fit on a line; a matrix that is wider is cut into several, gateway by gateway.
	// Zero means any.
	Width int
	// Verbose has each cell of a gateway of the user's own written, too, and what was not possible.
	Verbose bool
	// Written is the folder that the report was written to, to be named; empty for none.
	Written string
}

// paint colours s as its kind, if the style has colour.
func (l Style) paint(k report.Kind, s string) string {
	if !l.Color {
		return s
	}
	// Plain SGR codes, not bright ones: they stay readable on dark and on light ground.
	code := map[report.Kind]string{
		report.Pass: "32", report.Known: "33", report.Fail: "1;31", report.Inconclusive: "1;35", report.Unsupported: "2",
	}[k]
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// bold stresses s, if the style has colour.
func (l Style) bold(s string) string {
	if !l.Color {
		return s
	}
	return "\x1b[1m" + s + "\x1b[0m"
}

// StyleOf is the style that suits w: plain, unless a terminal is behind it. NO_COLOR and TERM=dumb ask for no colour.
func StyleOf(w io.Writer) Style {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return Style{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0
	}
	// https://no-color.org: any value that is not empty.
	return Style{Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", Width: width}
}
