package builtin

import (
	"fmt"
	"log"
	"net/http"
	"net/url"
	"regexp"
)

// ruled puts the rules before next.
func (c *Config) ruled(next http.Handler) (http.Handler, error) {
	rules := make([]*regexp.Regexp, len(c.Rules))
	for i, text := range c.Rules {
		var err error
		if rules[i], err = regexp.Compile(text); err != nil {
			return nil, fmt.Errorf("read rule %d: %w", i+1, err)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := broken(rules, r.URL.Query()); n > 0 {
			log.Printf("access denied by rule %d: client %s, %s %q", n, Peer(r), r.Method, r.URL.RequestURI())
			page(w, http.StatusForbidden, "Access denied.")
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}

// broken returns the number, from 1, of the first rule that a parameter matches, or 0.
func broken(rules []*regexp.Regexp, parameters url.Values) int {
	for i, rule := range rules {
		for _, values := range parameters {
			for _, v := range values {
				if rule.MatchString(v) {
					return i + 1
				}
			}
		}
	}
	return 0
}
