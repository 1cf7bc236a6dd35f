package record

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/wording"
)

// Author is who wrote an answer.
type Author string

// The authors. The zero value means that there is no answer to have one.
const (
	ByGateway  Author = "gateway"
	ByUpstream Author = "upstream"
	// ByIntermediary: somebody between gateway and upstream, such as a filtering proxy.
	ByIntermediary Author = "intermediary"
	// ByForwardProxy: somebody between client and gateway, such as a VPN, by what was heard at the gateway's door.
	ByForwardProxy Author = "forward-proxy"
	// ByUnknown: it cannot be told whether the gateway wrote it or an upstream that is the user's.
	ByUnknown Author = "unknown"
	ByNobody  Author = ""
)

// IntermediaryName is the name in whose stamp (stamp.Origin) somebody between gateway and upstream answers.
const IntermediaryName = "intermediary"

// Role is the part that a probe has in an experiment.
type Role string

// The roles. The zero value is that of a probe of which nothing is promised.
const (
	// Probed is what the experiment asks for; what should come of it is the policy's to say.
	Probed Role = "probe"
	// Unbroken is one of a load, before anything was broken, that was not served.
	Unbroken Role = "unbroken"
	// Bystander is of another route, which the fault leaves alone.
	Bystander Role = "bystander"
	// ToRefuse is of a client whom the gateway must refuse, and LetIn of one whom it must not.
	ToRefuse Role = "refuse"
	LetIn    Role = "let-in"
	// Blocked is of a client who is blocked, beside a probe of a fault.
	Blocked Role = "blocked"
)

// Statuses of gRPC (https://github.com/grpc/grpc/blob/master/doc/statuscodes.md).
const (
	GRPCOK               = "0"
	GRPCPermissionDenied = "7"
	GRPCUnavailable      = "14"
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
	// By is who wrote the answer: the one who stamped it with our nonce, the upstream or someone between; else the
	// gateway.
	By Author `json:"by"`
	// End is how the exchange ended; Error is what stopped one that did not end well.
	End   client.End `json:"end"`
	Error string     `json:"error,omitempty"`
	// Body is the start of the body; BodyBytes counts all of it.
	Body      string `json:"body,omitempty"`
	BodyBytes int64  `json:"body_bytes"`
	// At is when the request was sent, in milliseconds from the start of the experiment; if no connection came about,
	// when that was begun.
	At float64 `json:"at_ms,omitempty"`
	// Connect, TLS, First, Head and Took are times in milliseconds: to connect, of that for TLS, to the first byte,
	// to the end of the head, and in all, counted from the request.
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

	// Role is the part that the probe has in the experiment: what is promised of its answer depends on that.
	Role Role `json:"role,omitempty"`
	// Group numbers the probes that were under way together, from 1; 0 stands for alone.
	Group int `json:"group,omitempty"`
	// Limit is how long the client waited for the whole answer at most, in milliseconds.
	Limit float64 `json:"limit_ms,omitempty"`
	// Ended is when the answer was there, or would not come any more, in milliseconds from the start of the experiment.
	Ended float64 `json:"ended_ms,omitempty"`
	// Steady is true when the answer is the one that the probe gets while nothing is broken.
	Steady bool `json:"steady,omitempty"`
	// Served is true when, of a gateway of the user's own, the answer is the one that the probe gets while nothing is
	// broken, whatever its status is, by whoever gives it then.
	Served bool `json:"served,omitempty"`
	// PageBy is the upstream that the gateway has asked for the page of its own answer; empty where it wrote that, too.
	PageBy string `json:"page_by,omitempty"`
	// Heard is true when the client heard back over a WebSocket what it had said.
	Heard bool `json:"heard,omitempty"`
	// Says is what the page reads like.
	Says wording.Kind `json:"says,omitempty"`
	// Tells is the internal address or name that the gateway's error page tells, and where; empty for none.
	Tells string `json:"tells,omitempty"`
	// Beside, of a refusal, is how long the bystander's answer took that was asked for at the same time, in
	// milliseconds.
	Beside float64 `json:"beside_ms,omitempty"`
	// Excused is why this is not held against the gateway. Of a bystander: the fault, by its nature, has broken the
	// bystander's own way as well, which was proved without the gateway. Of one of a load: as many clients got the same
	// before anything was broken. Empty for what counts.
	Excused string `json:"excused,omitempty"`

	// Untold is why the answer tells nothing of the fault: the gateway has not met it. Empty where it does.
	Untold string `json:"untold,omitempty"`

	// What follows is for whoever makes the observation, and is not written.

	// Sent is all that the client said of whom it asks for what.
	Sent string `json:"-"`
	// Page is what was read of the body, of which Body is the start.
	Page []byte `json:"-"`
	// Keep is true when the answer left the connection open for another request.
	Keep bool `json:"-"`
	// Began is when the request was sent, Done when Ended was.
	Began, Done time.Time `json:"-"`
}

// Ends of the client's connection after an answer that was whole.
const (
	ConnectionUsable = "usable"
	ConnectionClosed = "closed"
	// ConnectionUntried: there is no other request that the fault must leave alone.
	ConnectionUntried = "open, not tried again"
	// NotItsOwn ends what is said where the next request got the answer to another one.
	NotItsOwn = "that is not its own"
)

// String sums the observation up, without anything that differs from run to run: "502 by gateway", "200 by upstream,
// cut", "no answer: reset".
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

// Method is the one that was sent.
func (o Observation) Method() string {
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

// Healthy reports whether an upstream served the request: with a whole 200, or, of a gateway of the user's own, with
// what the probe gets while nothing is broken, by whom it gets it then.
func (o Observation) Healthy() bool {
	return (o.Served || o.By == ByUpstream && (o.Status == http.StatusOK || o.Heard)) && o.Answered() &&
		(o.GRPC == "" || o.GRPC == GRPCOK)
}

// Duration is how long the answer took.
func (o Observation) Duration() time.Duration {
	return time.Duration(o.Took * float64(time.Millisecond))
}

// How long the steady state is waited for: gateways are up within some tens of milliseconds, those with health checks
// or a resolver of their own within seconds; several times that is a gateway that does not work. On a machine that is
// late it is waited for longer by as much, up to SteadyMost.
const (
	SteadyTimeout = 15 * time.Second
	SteadyMost    = time.Minute
)

// MS is a duration in milliseconds, as records have it.
func MS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
