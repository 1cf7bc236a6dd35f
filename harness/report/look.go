package report

// Look is how Console writes. The zero value is plain text of any width, as for a file or a pipeline's log.
type Look struct {
	// Color adds colour; nothing depends on it, every mark can be told by its character.
	Color bool
	// Width is how many characters fit on a line; a matrix that is wider is cut into several, gateway by gateway. Zero means any.
	Width int
}

// marks are what stands for each kind of verdict in the matrix.
var marks = map[kind]string{pass: "✓", known: "~", fail: "✗", inconclusive: "?", unsupported: "–"}

// notRun marks a cell without a verdict.
const notRun = "·"

// meanings explains the marks in the order of the legend.
var meanings = []struct {
	kind kind
	text string
}{
	{pass, "as promised"}, {fail, "promise broken"}, {known, "known deviation"}, {inconclusive, "could not tell"}, {unsupported, "not possible here"},
}

// paint colours s as its kind, if the look has colour.
func (l Look) paint(k kind, s string) string {
	if !l.Color {
		return s
	}
	// Plain SGR codes, not bright ones: they stay readable on dark and on light ground.
	code := map[kind]string{pass: "32", known: "33", fail: "1;31", inconclusive: "1;35", unsupported: "2"}[k]
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// bold stresses s, if the look has colour.
func (l Look) bold(s string) string {
	if !l.Color {
		return s
	}
	return "\x1b[1m" + s + "\x1b[0m"
}
