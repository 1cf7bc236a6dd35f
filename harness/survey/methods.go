package survey

import (
	"context"
	"net/http"
	"regexp"
	"slices"
)

// mentionsPost is how configurations say that a route is for POST.
var mentionsPost = regexp.MustCompile(`\bPOST\b`)

// mostMethods bounds the requests of openByMethod.
const mostMethods = 200

// belong reports whether the path that is asked for stands behind the host, or behind none.
func (w words) belong(q question) bool {
	if q.host == Host {
		for _, near := range w.near {
			if slices.Contains(near, q.path) {
				return false
			}
		}
		return true
	}
	return q.path == "/" || slices.Contains(w.near[q.host], q.path)
}

// openByMethod tries POST where the gateway has nothing for GET, and the configuration speaks of POST; and, at hosts of
// which nothing was reached, both with each field that the configuration tells apart. What reached an upstream takes
// the place of what did not.
func (s *survey) openByMethod(ctx context.Context, all []attempt) {
	fields, post, tried := s.words.fields(), mentionsPost.MatchString(s.words.code), 0
	for i, t := range all {
		if !t.nothingThere() || !s.words.belong(t.question) || tried >= mostMethods || ctx.Err() != nil {
			continue
		}
		keys, reached := []question{}, slices.ContainsFunc(all, func(u attempt) bool {
			return u.listener.At == t.listener.At && u.host == t.host && len(u.asked) > 0
		})
		if post {
			keys = append(keys, t.with(question{method: http.MethodPost}))
		}
		if !reached {
			for _, f := range fields {
				keys = append(keys, f.in(t.question))
				if post {
					keys = append(keys, f.in(t.with(question{method: http.MethodPost})))
				}
			}
		}
		tried += len(keys)
		for _, key := range keys {
			if opened := s.send(ctx, t.listener, key); len(opened.asked) > 0 {
				all[i] = opened
				break
			}
		}
	}
}

// nothingThere reports whether the gateway itself said that there is nothing for such a request, of a host or path that
// the configuration names.
func (t attempt) nothingThere() bool {
	return len(t.asked) == 0 && (t.status == http.StatusNotFound || t.status == http.StatusMethodNotAllowed) &&
		(t.host != Host || t.path != "/")
}
