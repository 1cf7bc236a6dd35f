package wording

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// announces are words that make a status code of the number behind them.
var announces = []string{"error", "http", "status", "code"}

// Statuses lists the error statuses that a page names, each once: a number from 400 to 599 with its reason phrase
// behind it, or with a word like "error" before it. Other numbers are none: a page may count, or tell the time.
func Statuses(header http.Header, body []byte) []int {
	all := []int{}
	said := strings.Fields(text(header, body))
	for i, w := range said {
		code, err := strconv.Atoi(w)
		if err != nil || code < http.StatusBadRequest || code > 599 || slices.Contains(all, code) {
			continue
		}
		// Gateways write Time-out, RFC 9110 Timeout: spaces do not count.
		reason := strings.ReplaceAll(words(http.StatusText(code)), " ", "")
		behind := strings.Join(said[i+1:], "")
		if reason != "" && strings.HasPrefix(behind, reason) || i > 0 && slices.Contains(announces, said[i-1]) {
			all = append(all, code)
		}
	}
	return all
}
