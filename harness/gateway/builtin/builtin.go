// Package builtin is the gateway that Gatequake brings along: Go's httputil.ReverseProxy in a process of its own.
//
//	gateway.json ──> listen ──deny?──> route by prefix ──ReverseProxy──> upstream
package builtin

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"runtime"
	"time"

	"github.com/gatequake/gatequake/harness/self"
)

// Role is the name under which harness/self starts the gateway: @builtin in a gateway's command.
const Role = "builtin"

func init() {
	self.Role(Role, func(args []string) int { return Main(args, nil) })
}

// Wrap changes a gateway: it gets the right one and returns another. It is how mutants are made.
type Wrap func(right http.Handler, c *Config) http.Handler

// Main runs the gateway whose configuration file is named by the last argument until SIGTERM, and returns its
// exit status; at SIGHUP it is read anew, but for where to listen. With -version it prints the version of Go,
// which is the version of ReverseProxy. A nil wrap changes nothing.
func Main(args []string, wrap Wrap) int {
	if len(args) == 0 {
		return fail(errors.New("no configuration file given"))
	}
	last := args[len(args)-1]
	if last == "-version" {
		fmt.Println(runtime.Version())
		return 0
	}
	now := &current{file: last, wrap: wrap}
	c, err := now.load()
	if err != nil {
		return fail(err)
	}
	defer now.follow()()
	if err := c.serve(logged(now)); err != nil {
		return fail(err)
	}
	return 0
}

func fail(err error) int {
	log.Printf("gateway: %v", err)
	return 1
}

// recorder notes the status that a handler sends.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes and passes on.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// logged writes one access line per request, also for one whose answer was aborted.
func logged(h http.Handler) http.Handler {
	access := log.New(os.Stdout, "access: ", log.LstdFlags|log.Lmicroseconds)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			access.Printf("%s %s %q %d %s", r.RemoteAddr, r.Method, r.URL.Path, rec.status,
				time.Since(begin).Round(time.Millisecond))
		}()
		h.ServeHTTP(rec, r)
	})
}
