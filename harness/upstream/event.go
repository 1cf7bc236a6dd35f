package upstream

// event is one thing an upstream tells about itself; a Process writes each as one line of JSON. Exactly one field
// is set.
type event struct {
	Accepted  int    `json:"accepted,omitempty"`  // this connection was accepted
	Hit       *Hit   `json:"hit,omitempty"`       // the head of a request was read
	Body      *body  `json:"body,omitempty"`      // and then its body
	Listening string `json:"listening,omitempty"` // the process is ready, at this address
	Played    int    `json:"played,omitempty"`    // so many commands are in force
	Error     string `json:"error,omitempty"`     // the process cannot do what it was started for, and ends
}

type body struct {
	Connection int   `json:"connection"`
	Bytes      int64 `json:"bytes"`
}

// after returns e with its connection numbered after those of earlier lives.
func (e event) after(connections int) event {
	switch {
	case e.Accepted > 0:
		e.Accepted += connections
	case e.Hit != nil:
		e.Hit.Connection += connections
	case e.Body != nil:
		e.Body.Connection += connections
	}
	return e
}
