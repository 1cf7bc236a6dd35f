package cli

import (
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

// helpWidth is how wide help is: every terminal has as much.
const helpWidth = 80

// Cobra has one list of these for all commands of a process.
func init() { cobra.AddTemplateFunc("wrap", wrapped) }

// grouped adds the commands under the title.
func grouped(root *cobra.Command, title string, all ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, c := range all {
		c.GroupID = title
		root.AddCommand(c)
	}
}

// narrow makes the help of all commands fit the width.
func narrow(root *cobra.Command) {
	root.SetHelpTemplate(`{{with (or .Long .Short)}}{{. | wrap | trimTrailingWhitespaces}}

{{end}}{{if or .Runnable .HasSubCommands}}{{.UsageString}}{{end}}`)
	usage := strings.NewReplacer(
		".LocalFlags.FlagUsages", ".LocalFlags.FlagUsagesWrapped 80",
		".InheritedFlags.FlagUsages", ".InheritedFlags.FlagUsagesWrapped 80",
	)
	root.SetUsageTemplate(usage.Replace(root.UsageTemplate()))
}

// tableLine is a line of a table: a name, and what there is to say of it in a column of its own.
var tableLine = regexp.MustCompile(`^( +\S+ {2,})(\S.*)$`)

// wrapped breaks lines at spaces. Lines that are next to each other are one paragraph, unless they begin with spaces:
// these are of tables.
func wrapped(all string) string {
	paragraphs, lines := []string{}, []string{}
	end := func() {
		if len(lines) > 0 {
			paragraphs = append(paragraphs, softly(strings.Join(lines, " "), 0))
		}
		lines = nil
	}
	for line := range strings.SplitSeq(all, "\n") {
		switch m := tableLine.FindStringSubmatch(line); {
		case m != nil:
			end()
			paragraphs = append(paragraphs, m[1]+softly(m[2], len(m[1])))
		case line == "" || strings.HasPrefix(line, " ") || strings.HasSuffix(line, ":"):
			end()
			paragraphs = append(paragraphs, line)
		default:
			lines = append(lines, line)
		}
	}
	end()
	return strings.Join(paragraphs, "\n")
}

// softly breaks the text, which begins in the column and goes on in it, at spaces.
func softly(says string, column int) string {
	lines := strings.Split(text.WrapSoft(says, helpWidth-column), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", column))
}
