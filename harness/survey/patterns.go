package survey

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

var (
	// patternBreaks are what patterns stand between: spaces and quotes, which stand in none.
	patternBreaks = regexp.MustCompile("[\\s\"'`]+")
	// lookarounds are parts of patterns that Go's regexp does not know, and that an example can do without.
	lookarounds = regexp.MustCompile(`\(\?<?[=!][^()]*\)`)
	// substituted is what rewritten URLs have in them, and no pattern: $1, $uri, ${...}.
	substituted = regexp.MustCompile(`\$[\w{]`)
	// isPattern tells patterns from plain words.
	isPattern = regexp.MustCompile(`[*+?^$|\\\[(]`)
	// pathExample is a path.
	pathExample = regexp.MustCompile(`^/[!-~]*$`)
)

const (
	// mostExamples bounds the examples of one pattern: one for each of its first alternatives.
	mostExamples = 3
	// longestExample bounds their length.
	longestExample = 200
)

// patternsOf lists what in the line may be a pattern.
func patternsOf(line string) []string {
	all := []string{}
	for _, word := range patternBreaks.Split(line, -1) {
		word = strings.TrimRight(strings.TrimLeft(word, "~!=@"), ";,{")
		word = strings.TrimPrefix(word, "*^") // Of nginx' ~*
		if isPattern.MatchString(word) && !substituted.MatchString(word) && len(word) < longestExample {
			all = append(all, word)
		}
	}
	return all
}

// examplesOf lists texts that match the pattern, which is a regular expression or one of a file system's kind, such as
// /api/*/orders; none if it is neither.
func examplesOf(pattern string) []string {
	if strings.Contains(pattern, "/*/") && !strings.ContainsAny(pattern, `^$\[(+?|`) {
		return []string{strings.ReplaceAll(pattern, "*", "a")}
	}
	// In the double quotes of YAML and JSON every backslash stands twice.
	pattern = strings.ReplaceAll(pattern, `\\`, `\`)
	re, err := syntax.Parse(lookarounds.ReplaceAllString(pattern, ""), syntax.Perl)
	if err != nil {
		return nil
	}
	return examples(re.Simplify())
}

// pathsAndHosts lists the examples of the pattern that are paths, and those that are hosts of several labels.
func pathsAndHosts(pattern string) (paths, hosts []string) {
	for _, e := range examplesOf(pattern) {
		if strings.HasPrefix(e, ".") && strings.HasPrefix(pattern, `\.`) {
			e = "/index" + e // A pattern for the end of a path.
		}
		switch {
		case pathExample.MatchString(e) && !strings.HasPrefix(e, "//"):
			paths = append(paths, e)
		case strings.Contains(pattern, `\.`) && hostWord.MatchString(strings.ToLower(e)) && !fileEndings.MatchString(e):
			hosts = append(hosts, strings.ToLower(e))
		}
	}
	return paths, hosts
}

// examples lists the simplest texts that match, mostExamples at most.
func examples(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return []string{strings.ToLower(string(re.Rune))} // As people write it; the parser has capitals.
		}
		return []string{string(re.Rune)}
	case syntax.OpCharClass:
		return []string{string(member(re.Rune))}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return []string{"a"}
	case syntax.OpCapture, syntax.OpPlus, syntax.OpQuest:
		return examples(re.Sub[0])
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range re.Sub {
			longer := []string{}
			for _, end := range examples(sub) {
				for _, begin := range all {
					longer = append(longer, begin+end)
				}
			}
			all = longer[:min(len(longer), mostExamples)]
		}
		return all
	case syntax.OpAlternate:
		all := []string{}
		for _, sub := range re.Sub {
			all = append(all, examples(sub)...)
		}
		slices.Sort(all)
		all = slices.Compact(all)
		return all[:min(len(all), mostExamples)]
	}
	return []string{""} // Nothing, as often as one likes, or an end of the text.
}

// member is a character of the class, which is made of pairs of first and last: a letter or a digit if it has one.
func member(class []rune) rune {
	for _, wanted := range "a1z0-_" {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= wanted && wanted <= class[i+1] {
				return wanted
			}
		}
	}
	for i := 0; i+1 < len(class); i += 2 {
		if class[i] > ' ' && class[i] <= '~' {
			return class[i]
		}
	}
	return 'a'
}
