package wording_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/gatequake/gatequake/harness/wording"
)

func TestStatusesAreNamedAndNotCounted(t *testing.T) {
	for page, want := range map[string][]int{
		"<h1>503 Service Unavailable</h1>":                             {503},
		"<title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>":       {502},
		"Error 504: gateway time-out. HTTP 500, too.":                  {504, 500},
		"<h1>404</h1> of 500 seats are taken, call 555 500":            {},
		"<style>.e-503 { top: 503 }</style><b>502 bad gateway</b>":     {502},
		"<script>// 503 Service Unavailable</script>":                  {},
		"request 1502 Bad Gateway 50 2":                                {},
		"The status is 200 OK":                                         {},
		"503 service is unavailable":                                   {},
		"It ends with error":                                           {},
		"502":                                                          {},
		`{"status":503,"error":"Service Unavailable"}`:                 {503},
		"<html><body><h1>504 Gateway Time-out</h1>The server is late.": {504},
	} {
		if got := wording.Statuses(http.Header{}, []byte(page)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", page, got, want)
		}
	}
}
