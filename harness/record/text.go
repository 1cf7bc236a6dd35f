package record

// What reports know again in a record's text.
const (
	// LastSaid introduces the end of a gateway's log in a reason.
	LastSaid = "; it last said: "
	// CheckLogs is the remedy of which only a whole run tells what it was good for.
	CheckLogs = "check-status-and-logs"
)
