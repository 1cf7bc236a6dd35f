package survey

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// missingConfigFiles lists the files that were opened and not there, of those that the configuration or the command
// names: every program looks in vain for many that nobody has told it of. What is there by now it has made itself; a
// pid file is looked for to see whether another one runs.
func (s *survey) missingConfigFiles() []string {
	if s.missing == nil {
		return nil
	}
	return slices.DeleteFunc(s.missing.Paths(), func(path string) bool {
		_, gone := os.Stat(path)
		return gone == nil || filepath.Ext(path) == ".pid" || !s.words.name(filepath.Base(path))
	})
}

// name reports whether the word is in the configuration or the command, by itself or at the end of a path.
func (w words) name(word string) bool {
	if !strings.Contains(w.text, word) {
		return false // Which costs less to know.
	}
	return regexp.MustCompile(`(^|[^A-Za-z0-9_.-])` + regexp.QuoteMeta(word) + `($|[^A-Za-z0-9_.-])`).
		MatchString(w.text)
}
