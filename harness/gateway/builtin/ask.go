package builtin

import (
	"context"
	"log"
	"net/http"
	"time"
)

// Ask asks the service at URL whether a request below Prefix may pass: it may when the answer is 2xx, and may
// not when it is 401 or 403. No answer, or any other, is a failure of the service, and is said as one.
type Ask struct {
	Prefix string `json:"prefix"`
	URL    string `json:"url"`
}

func (a Ask) asked(next http.Handler, within time.Duration) http.Handler {
	// A pooled connection would hide for one request that the service is gone.
	one := &http.Transport{DisableKeepAlives: true}
	return below(a.Prefix, next, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), within)
		defer cancel()
		question, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL, nil)
		if err != nil {
			page(w, http.StatusInternalServerError, "The gateway is not configured well.")
			return
		}
		question.Header["Cookie"] = r.Header["Cookie"]
		answer, err := one.RoundTrip(question)
		if err != nil {
			log.Printf("bad gateway: ask about %s: %v", r.URL.Path, err)
			page(w, http.StatusBadGateway, "A server that this gateway needs gave no valid answer.")
			return
		}
		_ = answer.Body.Close()
		switch {
		case answer.StatusCode/100 == 2:
			next.ServeHTTP(w, r)
		case answer.StatusCode == http.StatusUnauthorized, answer.StatusCode == http.StatusForbidden:
			log.Printf("access denied by %s: %s", a.URL, r.URL.Path)
			page(w, http.StatusForbidden, "Access denied.")
		default:
			log.Printf("bad gateway: ask about %s: got %d", r.URL.Path, answer.StatusCode)
			page(w, http.StatusBadGateway, "A server that this gateway needs gave no valid answer.")
		}
	})
}
