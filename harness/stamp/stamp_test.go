package stamp_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/gatequake/gatequake/harness/stamp"
)

func TestCheckStamp(t *testing.T) {
	stamped := http.Header{stamp.Origin: {"upstream"}, stamp.Answer: {"n1"}}
	const body = "answered by upstream for n1\n"
	for name, c := range map[string]struct {
		header        http.Header
		body          []byte
		origin, nonce string
		want          string // empty: it is ours
	}{
		"ours":       {stamped, []byte(body), "upstream", "n1", ""},
		"ours, HEAD": {stamped, nil, "upstream", "n1", ""},
		"another request's": {
			stamped, []byte(body), "upstream", "n2", `check stamp: Gatequake-Stamp: got "n1", want "n2"`,
		},
		"another origin's": {
			stamped, []byte(body), "secure", "n1", `check stamp: Gatequake-Origin: got "upstream", want "secure"`,
		},
		"nobody's": {
			http.Header{}, []byte(body), "upstream", "n1", `check stamp: Gatequake-Origin: got "", want "upstream"`,
		},
		"another body": {
			stamped, []byte("oops"), "upstream", "n1",
			`check stamp: body: got "oops", want "answered by upstream for n1\n" in it`,
		},
		"no body": {
			stamped,
			[]byte{},
			"upstream", "n1",
			`check stamp: body: got "", want "answered by upstream for n1\n" in it`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := stamp.Check(c.header, c.body, c.origin, c.nonce)
			if c.want == "" {
				NewWithT(t).Expect(err).NotTo(HaveOccurred())
				return
			}
			NewWithT(t).Expect(err).To(MatchError(c.want))
		})
	}
}
