package catalog

import (
	"slices"

	"github.com/gatequake/gatequake/harness/client"
)

// overProtocols are the experiments that are made over every protocol that a client may speak: one for each kind of
// answer that a protocol has its own form for. They are an error page at once, one after a wait, a body that is cut,
// an answer that nobody can read, an answer that is passed on, and a refusal.
var overProtocols = []string{
	"refused",
	"silent-after-accept",
	"reset-mid-body",
	"short-chunked",
	"garbage",
	"error-500",
	"user-agent-deny",
}

// spoken are the protocols besides HTTP/1.1, with what is to be said of each, and the variable of a gateway's
// templates that opens the door for it.
var spoken = []struct {
	client.Protocol
	about, variable string
}{
	{client.HTTP10, "HTTP/1.0", ""},
	{client.H2, "HTTP/2 over TLS", "ListenTLS"},
	{client.H2C, "HTTP/2 in plain text", "ListenH2C"},
}

// overEach returns e over each of the protocols besides HTTP/1.1, if it is one that is made so.
func (e Experiment) overEach() []Experiment {
	all := []Experiment{}
	for _, p := range spoken {
		if slices.Contains(overProtocols, e.ID) {
			over := e
			over.ID, over.Protocol = e.ID+"~"+string(p.Protocol), p.Protocol
			all = append(all, over)
		}
	}
	return all
}

// aboutProtocol completes a title.
func (e Experiment) aboutProtocol() string {
	for _, p := range spoken {
		if p.Protocol == e.Protocol {
			return ", and the client speaks " + p.about
		}
	}
	return ""
}
