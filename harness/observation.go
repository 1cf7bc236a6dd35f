package harness

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/wording"
)

// Observation is the plain record of one probe: what the client saw, and what the upstream did.
type Observation struct {
	// Probe says what was asked by whom, such as "GET /".
	Probe string `json:"probe"`
	// Nonce marks the request; the upstream stamps its answers with it.
	Nonce string `json:"nonce"`
	// Status is the status code, 0 if no answer came.
	Status int         `json:"status"`
	Header http.Header `json:"header,omitempty"`
	// GRPC is the status of a call of gRPC; empty for what is none, or has none.
	GRPC string `json:"grpc_status,omitempty"`
	// By is who wrote the answer: the one who stamped it with our nonce, the upstream or someone between; else the gateway.
	By Author `json:"by"`
	// End is how the exchange ended; Error is what stopped one that did not end well.
	End   client.End `json:"end"`
	Error string     `json:"error,omitempty"`
	// Body is the start of the body; BodyBytes counts all of it.
	Body      string `json:"body,omitempty"`
	BodyBytes int64  `json:"body_bytes"`
	// At is when the request was sent, in milliseconds from the start of the experiment; if no connection came about, when that was begun.
	At float64 `json:"at_ms,omitempty"`
	// Connect, TLS, First, Head and Took are times in milliseconds: to connect, of that for TLS, to the first byte, to the end of the head, and in all, counted from the request.
	Connect float64 `json:"connect_ms"`
	TLS     float64 `json:"tls_ms,omitempty"`
	First   float64 `json:"first_byte_ms,omitempty"`
	Head    float64 `json:"head_ms"`
	Took    float64 `json:"took_ms"`
	// Hits is how many requests with the nonce the upstreams saw, up to the end of the experiment.
	Hits int `json:"upstream_hits"`
	// After tells what became of the client's connection: "usable", "closed", or what was wrong with it.
	After string `json:"after,omitempty"`
	// LateMS is how late the machine let the world run at worst meanwhile; see strain.Monitor.
	LateMS float64 `json:"late_ms,omitempty"`
	// Cached is true when the client's own cache gave the answer, and nobody was asked.
	Cached bool `json:"cached,omitempty"`

	sent  string       // what the client said of whom it asks for what
	page  []byte       // what was read of the body, of which Body is the start
	keep  bool         // the answer left the connection open for another request
	says  wording.Kind // what the page reads like
	began time.Time    // when At was
	ended time.Time    // when the answer was there, or would not come any more
	// served is true when the answer is like that of a gateway that runs elsewhere, and of its upstream, while nothing is broken.
	served bool
	// heard is true when the client heard back over a WebSocket what it had said.
	heard bool
}

// Ends of the client's connection after an answer that was whole.
const (
	connectionUsable = "usable"
	connectionClosed = "closed"
	// connectionUntried: there is no other request that the fault must leave alone.
	connectionUntried = "open, not tried again"
)

// shownBody is how much of a body stands in a record: more than any error page needs.
const shownBody = 2 << 10

// String sums the observation up, without anything that differs from run to run: "502 by gateway", "200 by upstream, cut", "no answer: reset".
func (o Observation) String() string {
	if o.End == client.Malformed {
		return "malformed answer"
	}
	if o.Status == 0 {
		return fmt.Sprintf("no answer: %s", o.End)
	}
	s := fmt.Sprintf("%d by %s", o.Status, o.By)
	if o.Cached {
		s += ", from the client's cache"
	}
	if o.GRPC != "" {
		s += ", grpc-status " + o.GRPC
	}
	switch o.End {
	case client.Complete:
		return s
	case client.Truncated:
		return s + ", cut"
	default:
		return fmt.Sprintf("%s, %s", s, o.End)
	}
}

// method is the one that was sent.
func (o Observation) method() string {
	method, _, _ := strings.Cut(o.Probe, " ")
	return method
}

// Answered reports whether the probe got a whole answer.
func (o Observation) Answered() bool {
	return o.Status != 0 && (o.End == client.Complete || o.End == client.Unframed)
}

// Silent reports whether the connection was made and nothing came on it, until it ended or the time did.
func (o Observation) Silent() bool {
	return o.Status == 0 && (o.End == client.Closed || o.End == client.Reset || o.End == client.TimedOut)
}

// Late reports whether the time for the answer ran out.
func (o Observation) Late() bool { return o.End == client.TimedOut }

// took is Took as a duration.
func (o Observation) took() time.Duration { return time.Duration(o.Took * float64(time.Millisecond)) }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
