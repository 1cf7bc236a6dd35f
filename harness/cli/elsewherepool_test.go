package cli

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gatequake/gatequake/harness/verdict"
)

// TestElsewherePool has a gateway that asks two upstreams in turn, and the other one if the first is not there. They
// do not say the same, so that nothing but the status tells an answer.
func TestElsewherePool(t *testing.T) {
	t.Parallel()
	turn := atomic.Int32{}
	s := newStreet(t, inProcess(func(h http.Handler, _ *street) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			paths := []string{"/", "/users/"}
			if turn.Add(1)%2 == 0 {
				paths[0], paths[1] = paths[1], paths[0]
			}
			other := r.Clone(r.Context())
			r.URL.Path, other.URL.Path = paths[0], paths[1]
			onError(h, func(w http.ResponseWriter, _ *http.Request) { h.ServeHTTP(w, other) }).ServeHTTP(w, r)
		})
	}))
	all, o := s.try(t, "--only", "refused,close-mid-body")
	for _, setting := range []string{"root/orders", "root/users"} {
		if v := all[setting+" refused@balanced"]; v.Result != verdict.Pass || len(v.Pool) == 0 ||
			v.Pool[0].Failed > 0 {
			t.Errorf("%s: got %s (%s) and %+v, want nobody to notice", setting, v.Result.String(), v.Reason, v.Pool)
		}
		v := all[setting+" refused"]
		if v.Result != verdict.Pass || v.Observed != "200 by upstream" ||
			!strings.Contains(strings.Join(v.Unchecked, " "), "its body is another each time") {
			t.Errorf(
				"%s: got %s: %s (%s) and %q unchecked, want the other member to serve; it said %s",
				setting,
				v.Result.String(),
				v.Observed,
				v.Reason,
				v.Unchecked,
				o.err,
			)
		}
		// onError passes half an answer on as whole, if the broken member is asked: nobody can tell that here, and so
		// nobody does.
		if v := all[setting+" close-mid-body"]; v.Result == verdict.Fail {
			t.Errorf(
				"%s: got a fail (%s), want it said that it cannot be told, or the other member's answer",
				setting,
				v.Reason,
			)
		}
	}
}
