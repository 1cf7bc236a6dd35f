package diagnose

import (
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/wording"
)

// TestOrdinaryLines gives it lines that speak of no cause of a bad gateway, and lines of applications. Some share words
// with those that do: hello, certificate, closed. They are to be known for what they are: nothing.
func TestOrdinaryLines(t *testing.T) {
	all := New(matrix(t), messages(t))
	for line := range strings.SplitSeq(ordinary, "\n") {
		if d := all.Diagnose(Sign{Log: line}); d.Known() {
			t.Errorf("%q: got %+v, want nothing that is known", line, d)
		}
	}
	// What the client saw is as telling as before.
	seen := Sign{Status: 403, End: client.Complete, Took: 3 * time.Millisecond, Page: wording.Denied}
	silent := all.Diagnose(seen)
	if seen.Log = "hello world"; len(silent.Likely) == 0 || all.Diagnose(seen).Likely[0].Type != silent.Likely[0].Type {
		t.Errorf("got %+v with an ordinary line, want %+v as without", all.Diagnose(seen), silent)
	}
}

const ordinary = `hello world
INFO starting server on port 8080
directory index of "/usr/share/nginx/html/" is forbidden
client 10.0.0.1 closed keepalive connection
open() "/usr/share/nginx/html/favicon.ico" failed (2: No such file or directory)
java.lang.OutOfMemoryError: Java heap space
TypeError: Cannot read properties of undefined (reading 'id')
Connection pool exhausted
psql: FATAL: remaining connection slots are reserved
10.0.0.1 - - [01/May/2024:10:00:00 +0000] "GET / HTTP/1.1" 200 612 "-" "Mozilla/5.0"
signal process started
gracefully shutting down
Loaded configuration file /etc/app/config.yaml
User alice logged in from 10.0.0.7
Migration 20240501 applied in 15ms
level=info msg="Reconciling ingress default/web"
healthcheck passed
cache miss for key session:123
Slow query: SELECT * FROM orders took 3400ms
failed to parse JSON body: unexpected end of input
certificate will expire in 12 days
renewed certificate for shop.example.com
upstream server app1 marked as up
disk full
permission denied: /var/run/app.sock
the connection to the database was closed unexpectedly
retrying in 5 seconds
rate limit exceeded for api key abc
deadlock detected
read timeout on redis connection
too many redirects
backend app1 response time 2.3s
the request could not be satisfied
received SIGTERM, exiting`
