package survey

import (
	"path/filepath"
	"strings"

	"github.com/gatequake/gatequake/harness/foreign"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Configuration is the files that a gateway's command leads to.
type Configuration struct {
	files []string
}

// ConfigurationOf finds the files of the command that is run in the folder with the variables. It reads within the
// bounds of a survey.
func ConfigurationOf(command []string, dir string, env []string) Configuration {
	return Configuration{readWords(command, dir, env, mostWords).files}
}

// mostLines is how many lines with a directive are of use to a reader.
const mostLines = 3

// Lines returns the lines that have the word: those of the first files, three at most. What stands behind a # does not
// count. Paths are from the folder here on.
func (c Configuration) Lines(word, here string) (found []verdict.Line) {
	for _, file := range c.files {
		text, err := foreign.Read(file, foreign.MostWritten)
		if err != nil {
			continue // It was there a moment ago; what it had is not told.
		}
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			said, _, _ := strings.Cut(line, "#")
			if !hasWord(said, word) {
				continue
			}
			found = append(found, verdict.Line{File: pathFrom(here, file), Number: number, Text: strings.TrimSpace(line)})
			if len(found) == mostLines {
				return found
			}
		}
	}
	return found
}

// pathFrom is the file's path from the folder on if it stands there or below, else the whole.
func pathFrom(here, file string) string {
	if rel, err := filepath.Rel(here, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return file
}

// hasWord reports whether the words stand in the line with nothing of a longer word beside them.
func hasWord(line, word string) bool {
	for rest := line; ; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		after := rest[i+len(word):]
		if (i == 0 || !ofWord(rest[i-1])) && (after == "" || !ofWord(after[0])) {
			return true
		}
		rest = after
	}
}

func ofWord(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
