package remote

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/link"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// HitsOf lists the requests with the nonce that were seen to pass.
func (s *tappedLink) HitsOf(nonce string) []upstream.Hit {
	all := []upstream.Hit{}
	for _, x := range s.with(nonce) {
		method, path := requestLine(x.Sent)
		all = append(
			all,
			upstream.Hit{Nonce: nonce, Method: method, Path: path, Connection: x.Connection, At: x.Begun},
		)
	}
	return all
}

// with lists the exchanges that began with a request with the nonce. Names of fields are written in any case (RFC
// 9110, section 5.1).
func (s *tappedLink) with(nonce string) []link.Exchange {
	marked := bytes.ToLower([]byte("\r\n" + stamp.Nonce + ": " + nonce + "\r\n"))
	return slices.DeleteFunc(
		s.tap.Since(time.Time{}),
		func(x link.Exchange) bool { return !bytes.Contains(bytes.ToLower(x.Sent), marked) },
	)
}

// longestLine bounds what is shown of a request line, which is somebody else's.
const longestLine = 200

func requestLine(request []byte) (method, path string) {
	line, _, _ := bytes.Cut(request, []byte("\r\n"))
	words := bytes.Fields(line[:min(len(line), longestLine)])
	if len(words) < 2 {
		return "", ""
	}
	return string(words[0]), string(words[1])
}

// statusOn reads the status code of an answer as it passed a link; 0 if it is no HTTP/1.
func statusOn(answer []byte) int {
	status, version := 0, ""
	if _, err := fmt.Sscanf(
		string(answer[:min(len(answer), longestLine)]),
		"HTTP/%s %d",
		&version,
		&status,
	); err != nil {
		return 0
	}
	return cmp.Or(status, 0)
}
