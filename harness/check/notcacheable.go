package check

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gatequake/gatequake/harness/policy"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// NotCacheable is the promise that an error does not outlive its cause in a cache.
var NotCacheable = register(Check{
	ID:      "not-cacheable",
	Promise: "the gateway's error page may not be stored by a cache",
	Harm:    MayBeCached,
	Order:   12,
	Judge: func(r record.Record, _ policy.Policy) (all []verdict.Check) {
		for _, o := range pages(r) {
			why := Cacheable(o.Status, o.Header)
			all = append(all, outcome(o.Probe, why == "", why, "nothing that lets a cache keep it"))
		}
		return all
	},
})

// Cacheable returns what allows a cache to store and reuse an answer with the status (RFC 9111, section 3), or ""
// when nothing does. The error codes a gateway makes (403, 500, 502, 503, 504) are not heuristically cacheable (RFC
// 9110, section 15.1), so it takes explicit freshness.
func Cacheable(status int, h http.Header) string {
	directives := map[string]string{}
	for _, d := range strings.Split(strings.ToLower(strings.Join(h.Values("Cache-Control"), ",")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(d), "=")
		directives[name] = strings.Trim(value, `"`)
	}
	if _, ok := directives["no-store"]; ok {
		return ""
	}
	for _, d := range []string{"s-maxage", "max-age"} {
		if seconds, err := strconv.Atoi(directives[d]); err == nil {
			if seconds > 0 {
				return "Cache-Control: " + d + "=" + directives[d]
			}
			return "" // An explicit zero wins over Expires.
		}
	}
	if _, ok := directives["public"]; ok {
		return "Cache-Control: public"
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	date, dateErr := http.ParseTime(h.Get("Date"))
	if err == nil && (dateErr != nil || expires.After(date)) {
		return "Expires: " + h.Get("Expires")
	}
	switch status {
	case http.StatusOK,
		http.StatusNotFound,
		http.StatusMethodNotAllowed,
		http.StatusGone,
		http.StatusRequestURITooLong,
		http.StatusNotImplemented:
		return "the status " + strconv.Itoa(status) + ", which is cacheable by default"
	}
	return ""
}
