package survey

import "strings"

// mostNames is how many things are named of which the same was seen: a line of a terminal is soon full.
const mostNames = 4

// printMissing prints what is missing: what the gateway does not start without, and what it looked for besides.
func printMissing(section func(title string, n int), line func(cells ...string), f Found) {
	section("Missing: it does not start without, and was surveyed with stand-ins", len(f.StandIns))
	for _, i := range f.StandIns {
		line(i.Path, i.Is, i.As+" stood in")
	}
	section("Not there, and it starts without", len(f.MissingFiles))
	for _, path := range f.MissingFiles {
		line(path)
	}
}

// printUnreached prints what no probe reached, those alike in one line.
func printUnreached(section func(title string, n int), line func(cells ...string), f Found) {
	section("Reached no upstream, with what a probe in the file needs to reach one", len(f.Unreached))
	for _, u := range f.Unreached {
		line(u.What, strings.Join(fold(u.Names, mostNames), ", "), u.Saw, u.Try)
	}
}
