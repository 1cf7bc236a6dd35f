package html

import (
	"net/url"
	"strings"

	"github.com/gatequake/gatequake/harness/verdict"
)

// link leads to a cell of the page.
type link struct{ Href, Text string }

// cellHref is the link to a cell: what can stand in a fragment (RFC 3986, section 3.5) stands there as it is, so that
// people can read it.
func cellHref(v verdict.Verdict) string {
	return "#cell=" + readable.Replace(url.QueryEscape(v.Gateway+"/"+v.Setting+"/"+v.ID))
}

var readable = strings.NewReplacer("+", "%20", "%2F", "/", "%2B", "+", "%40", "@", "%7E", "~")
