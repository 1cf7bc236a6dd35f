package foreign

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func TestTextHoldsNoCommandOfAPipeline(t *testing.T) {
	for in, want := range map[string]string{
		"##[command]rm -rf":                     `\x23#[command]rm -rf`,
		"it last said: x ##[set-env name=A]b":   `it last said: x \x23#[set-env name=A]b`,
		"###[group]":                            `#\x23#[group]`,
		"####[##[x":                             `##\x23#[\x23#[x`,
		"##vso[task.setvariable variable=a]b":   `\x23#vso[task.setvariable variable=a]b`,
		"a ##teamcity[buildStop comment='x']":   `a \x23#teamcity[buildStop comment='x']`,
		"::error::x":                            `\x3a:error::x`,
		"  ::add-mask::a":                       `  \x3a:add-mask::a`,
		"::set-output name=a::b":                `\x3a:set-output name=a::b`,
		"\n::error::x":                          `\n::error::x`, // Its line end is no line end any more.
		"section_start:1:x":                     `section_start\x3a1:x`,
		"section_end:1:x":                       `section_end\x3a1:x`,
		"travis_fold:start:x":                   `travis_fold\x3astart:x`,
		"--- group":                             `\x2d-- group`,
		"+++":                                   `\x2b++`,
		"^^^ +++":                               `\x5e^^ +++`,
		"\x1b[2J":                               `\x1b[2J`,
		"::1":                                   "::1",
		"::ffff:192.0.2.1":                      "::ffff:192.0.2.1",
		"dial tcp [::1]:80: connection refused": "dial tcp [::1]:80: connection refused",
		"# a heading [x]":                       "# a heading [x]",
		"a --- b":                               "a --- b",
		"-- a":                                  "-- a",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// obeyed reports whether a pipeline's machine would find a command in the line.
func obeyed(line string) bool { return commands.MatchString(line) }

func FuzzText(f *testing.F) {
	for _, seed := range []string{
		"##[##[", "####vso[a]", "::a::::b::", "\xff\x1b]0;x\a",
		"section_start:1section_end:2", "\u202e\u009b", "--- --- +++",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if obeyed(got) || obeyed("✗ nginx stock: "+got) {
			t.Errorf("%q: got %q, in which a command is left", s, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q: got %q, in which something is not printable", s, got)
		}
		if again := Text(got); again != got {
			t.Errorf("%q: got %q, and of that %q, want the same", s, got, again)
		}
		doc, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want, back string
		safe := JSON(doc)
		if err := json.Unmarshal(doc, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(safe, &back); err != nil || back != want {
			t.Errorf("%q: got %q back (%v) from %s", s, back, err, safe)
		}
		if commandInJSON.Match(safe) {
			t.Errorf("%q: got %s, in which a command is left", s, safe)
		}
	})
}
