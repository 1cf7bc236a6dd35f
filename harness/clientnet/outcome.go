package clientnet

import (
	"fmt"
	"net/http"
	"slices"
)

// Outcome is what came of a request behind a fault: what the client saw, and what the tap before the site heard.
type Outcome struct {
	// Status is what the client got, 0 for no HTTP answer; BySite is true when the site sent it, gateway or upstream.
	Status int
	BySite bool
	// TapRecord is what passed the tap before the site.
	TapRecord
	// OtherClient is the status that another client got at the same time, which comes another way.
	OtherClient int
}

// Broken lists what the outcome has that a fault of the client's own must not lead to; nothing, if the claim
// client-connection holds: no fault between client and gateway makes the gateway answer for its upstream, and
// nobody else is the worse for it.
func (f *Fault) Broken(s Outcome) (broken []string) {
	want := func(ok bool, format string, args ...any) {
		if !ok {
			broken = append(broken, fmt.Sprintf(format, args...))
		}
	}
	want(!slices.ContainsFunc(s.Sent, serverError), "the site sent %v: it says that its upstream is at fault", s.Sent)
	want(s.OtherClient == http.StatusOK, "a client elsewhere got %d, want 200", s.OtherClient)
	want(s.Asked == f.Reaches, "the request came to the site: got %t, want %t", s.Asked, f.Reaches)
	switch f.Sees {
	case NoStatus:
		want(s.Status == 0, "the client got %d, want no HTTP status at all", s.Status)
	case Served:
		want(s.Status == http.StatusOK && s.BySite, "the client got %d (by the site: %t), want the site's own 200",
			s.Status, s.BySite)
	case Another:
		// A site may answer a connection in which nothing was asked, as HAProxy does with a 400 (option
		// http-ignore-probes): not with this status.
		want(s.Status != 0 && !s.BySite, "the client got %d (by the site: %t; the site sent %v), want an answer "+
			"that the site did not send", s.Status, s.BySite, s.Sent)
	}
	return broken
}

// serverError reports whether the status blames the site's side.
func serverError(status int) bool { return status >= http.StatusInternalServerError }
