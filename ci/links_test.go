package ci

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// What of Markdown is looked at: links, headings, and what is no text.
var (
	link     = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#{1,6} +(.*?) *$`)
	linkText = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)
	notText  = regexp.MustCompile("(?ms)^ *```.*?^ *```|`[^`\n]*`|<!--.*?-->")
)

// TestLinksLead follows every relative link of every Markdown file, to a file that is there and a heading in it.
func TestLinksLead(t *testing.T) {
	t.Parallel()
	files := markdown(t)
	if !slices.Contains(files, "../README.md") || !slices.Contains(files, "../harness/world/boundary.md") {
		t.Fatalf("got %s, want every Markdown file", files)
	}
	for _, file := range files {
		for _, wrong := range misleading(file, string(read(t, file))) {
			t.Errorf("%s: %s", file, wrong)
		}
	}
}

// markdown lists the Markdown files of the repository. Those in testdata are what something else should look like.
func markdown(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || path == "../bin" || path == "../report"):
			return filepath.SkipDir
		case filepath.Ext(path) == ".md":
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// misleading returns the relative links of the text, which stands in the file, that lead nowhere.
func misleading(file, text string) (wrong []string) {
	for _, m := range link.FindAllStringSubmatch(notText.ReplaceAllString(text, ""), -1) {
		if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
			continue
		}
		if why := leadsNowhere(file, text, m[1]); why != "" {
			wrong = append(wrong, m[1]+": "+why)
		}
	}
	return wrong
}

// leadsNowhere says why the relative link, of the text in the file, leads nowhere; "" if it does lead somewhere.
func leadsNowhere(file, text, to string) string {
	path, anchor, _ := strings.Cut(to, "#")
	target := filepath.Join(filepath.Dir(file), path)
	if path != "" {
		if _, err := os.Stat(target); err != nil {
			return fmt.Sprintf("got no file %s", target)
		}
	}
	if anchor == "" {
		return ""
	}
	if path != "" {
		whole, err := os.ReadFile(target)
		if err != nil {
			return err.Error()
		}
		text = string(whole)
	}
	if known := anchors(text); !slices.Contains(known, anchor) {
		return fmt.Sprintf("got no such heading, want one of %s", known)
	}
	return ""
}

// anchors are what links to the headings of the text may end with, as GitHub makes them: the letters in lower case,
// digits, hyphens for spaces, and a number behind the second of the same name.
func anchors(text string) (all []string) {
	seen := map[string]int{}
	blocks := regexp.MustCompile("(?ms)^ *```.*?^ *```")
	for _, m := range heading.FindAllStringSubmatch(blocks.ReplaceAllString(text, ""), -1) {
		id := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsLetter(r) || unicode.IsNumber(r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			case r == ' ':
				return '-'
			}
			return -1
		}, linkText.ReplaceAllString(m[1], "$1"))
		if seen[id]++; seen[id] > 1 {
			id = fmt.Sprintf("%s-%d", id, seen[id]-1)
		}
		all = append(all, id)
	}
	return all
}

// TestWrongLinksAreSeen has links that lead somewhere, and some that do not.
func TestWrongLinksAreSeen(t *testing.T) {
	t.Parallel()
	const page = "# Two `words`, and more\n\n## Same\n\n## Same\n\n```\n# none\n[x](code.md)\n```\n"
	for text, want := range map[string]string{
		"[x](README.md)":                   "",
		"[x](../harness/world)":            "",
		"[x](https://example.com/none)":    "",
		"`[x](none.md)`":                   "",
		"[x](#two-words-and-more)":         "",
		"[x](#same-1)":                     "",
		"[x](../README.md#two-commands)":   "",
		"[x](none.md)":                     "got no file none.md",
		"[x](#none)":                       "got no such heading",
		"[x](#same-2)":                     "got no such heading",
		"[x](../README.md#three-commands)": "got no such heading",
		"[x](../harness#walk)":             "is a directory",
	} {
		got := misleading("page.md", page+text)
		if (len(got) == 0) != (want == "") || want != "" && !strings.Contains(got[0], want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
