package builtin

import (
	"fmt"
	"log"
	"net/http"
	"strings"

	"github.com/corazawaf/coraza/v3"
)

// ruled puts the rule engine before next. It looks at the head of a request, its query included, and not at its body.
func (c *Config) ruled(next http.Handler) (http.Handler, error) {
	if len(c.Rules) == 0 {
		return next, nil
	}
	engine, err := coraza.NewWAF(coraza.NewWAFConfig().WithDirectives("SecRuleEngine On\n" + strings.Join(c.Rules, "\n")))
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		look := engine.NewTransaction()
		defer func() { _ = look.Close() }()
		look.ProcessConnection(Peer(r).String(), 0, "", 0)
		look.ProcessURI(r.URL.RequestURI(), r.Method, r.Proto)
		for name, values := range r.Header {
			for _, v := range values {
				look.AddRequestHeader(name, v)
			}
		}
		if found := look.ProcessRequestHeaders(); found != nil {
			log.Printf("access denied by rule %d: client %s, %s %q", found.RuleID, Peer(r), r.Method, r.URL.RequestURI())
			page(w, found.Status, "Access denied.")
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}
