package builtin

import (
	"crypto/subtle"
	"net/http"
)

// Members asks for credentials (RFC 7617) below Prefix.
type Members struct {
	Prefix   string `json:"prefix"`
	User     string `json:"user"`
	Password string `json:"password"`
}

func (m Members) asked(next http.Handler) http.Handler {
	return below(m.Prefix, next, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		known := subtle.ConstantTimeCompare([]byte(user), []byte(m.User)) &
			subtle.ConstantTimeCompare([]byte(password), []byte(m.Password))
		if known == 0 {
			w.Header().Set("WWW-Authenticate", `Basic realm="members"`)
			page(w, http.StatusUnauthorized, "Say who you are.")
			return
		}
		next.ServeHTTP(w, r)
	})
}
