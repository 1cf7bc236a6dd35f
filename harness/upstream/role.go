package upstream

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/gatequake/gatequake/harness/self"
)

// role is what a Process is started as.
const role = "upstream"

// eventsFD is where a Process writes its events: the first descriptor after the standard three, because anything
// may print to those.
const eventsFD = 3

func init() { self.Role(role, play) }

// play is the life of a Process, seen from inside. Its arguments are the address, the name and the first script;
// every line of its standard input is the script that it goes on with, and the end of it, which comes when the
// parent dies, is its own end.
func play(args []string) int {
	events := json.NewEncoder(os.NewFile(eventsFD, "events"))
	tell := func(e event) {
		if err := events.Encode(e); err != nil {
			os.Exit(1) // nobody listens: the parent is dead
		}
	}
	listen, name, script := args[0], args[1], Script(args[2])
	// From the first on: a request may be there before this process has said that it listens.
	origin, err := start(listen, Options{Name: name}, tell, scripts[script])
	if err != nil {
		tell(event{Error: err.Error()})
		return 1
	}
	undo := func() {}
	origin.note(event{Listening: origin.Addr()})
	commands := bufio.NewScanner(os.Stdin)
	for played := 1; commands.Scan(); played++ {
		before := undo
		undo = origin.Behave(scripts[Script(commands.Text())])
		before()
		origin.note(event{Played: played})
	}
	return 0
}
