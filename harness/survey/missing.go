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
		return gone == nil || filepath.Ext(path) == ".pid" || !s.words.name(filepath.Base(path)) || s.askedFor(path)
	})
}

// askedFor reports whether the file is what a request of the survey's was for, below a folder of pages: it was looked
// for because the survey asked, and not because the configuration needs it.
func (s *survey) askedFor(path string) bool {
	return slices.ContainsFunc(s.outcomes, func(o outcome) bool {
		asked := strings.TrimRight(o.path, "/")
		return asked != "" && strings.HasSuffix(path, asked)
	})
}

// missingScripts lists the files that the gateway only asked about, of which its log says that they are not there: it
// answers by itself what it would else have passed on with the name of the file, as for PHP that stands elsewhere.
func (s *survey) missingScripts() []string {
	if s.missing == nil {
		return nil
	}
	log, scripts := strings.Join(s.process.Since(nil), "\n"), []string{}
	for _, path := range slices.Concat(s.missing.Asked(), s.missing.Paths()) {
		_, gone := os.Stat(path)
		if gone != nil && scriptEnding.MatchString(path) && strings.Contains(log, `"`+path+`"`) &&
			s.words.name(filepath.Base(path)) {
			addOnce(&scripts, path, maxHosts)
		}
	}
	return scripts
}

// scriptEnding is of files that a gateway looks for and an upstream runs.
var scriptEnding = regexp.MustCompile(`\.(php|fcgi|cgi|py|rb|pl)$`)

// name reports whether the word is in the configuration or the command, by itself or at the end of a path.
func (w words) name(word string) bool {
	if !strings.Contains(w.text, word) {
		return false // Which costs less to know.
	}
	return regexp.MustCompile(`(^|[^A-Za-z0-9_.-])` + regexp.QuoteMeta(word) + `($|[^A-Za-z0-9_.-])`).
		MatchString(w.text)
}
