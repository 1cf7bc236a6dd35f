package site

import (
	"net/http"
	"testing"

	"github.com/gatequake/gatequake/harness/client"
)

func TestACallNeedsItsStatus(t *testing.T) {
	head := func(status string) http.Header { return http.Header{grpcStatus: {status}} }
	for name, c := range map[string]struct {
		r    client.Response
		end  client.End
		says string
	}{
		"behind the body": {
			client.Response{Status: 200, End: client.Complete, Trailer: head("0")}, client.Complete, "0",
		},
		"in the head": {
			client.Response{Status: 200, End: client.Complete, Header: head("14")}, client.Complete, "14",
		},
		"nowhere": {client.Response{Status: 200, End: client.Complete}, client.Truncated, ""},
		"no 200":  {client.Response{Status: 502, End: client.Complete}, client.Complete, ""},
	} {
		if r := called(c.r); r.End != c.end || statusOf(r) != c.says {
			t.Errorf("%s: got %s with %q, want %s with %q", name, r.End, statusOf(r), c.end, c.says)
		}
	}
}
