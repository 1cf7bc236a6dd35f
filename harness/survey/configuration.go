package survey

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gatequake/gatequake/harness/foreign"
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

// Lines returns the lines that have the word, as "nginx.conf:12: proxy_read_timeout 60s;": those of the first files,
// three at most. What stands behind a # does not count.
func (c Configuration) Lines(word string) (found []string) {
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
			found = append(found, fmt.Sprintf("%s:%d: %s", filepath.Base(file), number, strings.TrimSpace(line)))
			if len(found) == mostLines {
				return found
			}
		}
	}
	return found
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
