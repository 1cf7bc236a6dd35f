package message_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gatequake/gatequake/fixtures"
	"github.com/gatequake/gatequake/harness/message"
	"github.com/gatequake/gatequake/harness/proxystatus"
)

func known(t testing.TB) *message.Catalogue {
	t.Helper()
	c, err := message.Read(fixtures.Gateways())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEveryExampleIsItsMessage: a line that stands as an example of a message is found as that one, whether the program
// is named or not.
func TestEveryExampleIsItsMessage(t *testing.T) {
	c := known(t)
	programs := map[string]int{}
	for _, m := range c.All() {
		programs[m.Program]++
		for _, program := range []string{"", m.Program} {
			got, ok := c.Find(m.Example, program)
			if !ok || got.Line != m.Line || got.Program != m.Program {
				t.Errorf("%s, program %q: got %s %q, want %q\n%s", m.Program, program, got.Program, got.Line, m.Line, m.Example)
			}
		}
	}
	const enough = 14 // the thirteen gateways, and what stands beside them
	if len(programs) < enough {
		t.Errorf("got messages of %d programs (%v), want %d", len(programs), programs, enough)
	}
}

// TestFind holds lines that are put otherwise than the examples: other servers, formats, phases and prefixes.
func TestFind(t *testing.T) {
	c := known(t)
	for line, want := range map[string]struct {
		side message.Side
		is   proxystatus.ErrorType
	}{
		// The limits of the gateway itself are never the upstream's doing.
		"768 worker_connections are not enough": {message.Gateway, "proxy_internal_error"},
		"*9 connect() to 10.1.2.3:80 failed (99: Cannot assign requested address) while connecting to upstream, client: 10.0.0.9": {message.Gateway, "proxy_internal_error"},
		"accept4() failed (24: Too many open files)":                       {message.Gateway, "proxy_internal_error"},
		"limiting requests, excess: 5.2 by zone \"one\", client: 10.0.0.9": {message.Gateway, proxystatus.HTTPRequestDenied},
		// The upstream ends while the body is on its way to it.
		"writev() failed (32: Broken pipe) while sending request to upstream, client: 10.0.0.9": {message.Upstream, proxystatus.ConnectionTerminated},
		// The same words in another phase are another cause.
		"upstream timed out (110: Connection timed out) while connecting to upstream":                {message.Between, proxystatus.ConnectionTimeout},
		"upstream timed out (110: Connection timed out) while reading response header from upstream": {message.Upstream, proxystatus.HTTPResponseTimeout},
		// HAProxy with captured headers, and with a queue.
		`Mar  1 10:00:00 lb haproxy[8]: 10.0.0.9:1 [01/Mar/2026:10:00:00.1] fe~ be/s2 0/0/0/-1/9 502 209 - - SHVN 9/9/2/1/0 0/0 {a|b} "GET / HTTP/1.1"`: {message.Upstream, proxystatus.ConnectionTerminated},
		`10.0.0.9:1 [01/Mar/2026:10:00:00.1] fe be/<NOSRV> 0/-1/-1/-1/0 503 216 - - SC-- 3/2/0/0/0 0/0 "GET / HTTP/2.0"`:                                {message.Upstream, proxystatus.DestinationUnavailable},
	} {
		if m, ok := c.Find(line, ""); !ok || m.Side != want.side || m.Type != want.is {
			t.Errorf("%s: got %s of %s (%s), want %s, %s", line, m.Type, m.Side, m.Line, want.is, want.side)
		}
	}
	for _, line := range []string{"", "  ", "the cat sat on the mat", "GET / 200", strings.Repeat("x", 1<<20)} {
		if m, ok := c.Find(line, ""); ok {
			t.Errorf("%.20s: got %s %q, want nothing", line, m.Program, m.Line)
		}
	}
}

func TestAMessageIsWholeOrRefused(t *testing.T) {
	const whole = "messages:\n  - {line: a+, means: m, side: upstream, type: dns_error, link: l, example: aa}\n"
	for text, want := range map[string]string{
		whole: "",
		strings.Replace(whole, "means: m, ", "", 1):           "got no means, want one",
		strings.Replace(whole, "upstream", "elsewhere", 1):    `side: got "elsewhere"`,
		strings.Replace(whole, "dns_error", "bad_weather", 1): `type: got "bad_weather"`,
		strings.Replace(whole, "a+", "'a('", 1):               "missing closing )",
		"messages: 3":                                         "x/messages.yaml:1:11: ",
	} {
		_, err := message.Read(fstest.MapFS{"x/messages.yaml": {Data: []byte(text)}, "y/gateway.yaml": {}})
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: got %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want %q in it", text, err, want)
		}
	}
	if c, err := message.Read(fstest.MapFS{"messages.yaml": {Data: []byte(whole)}}); err == nil {
		t.Errorf("got %v of a message that names no program, want an error", c.All())
	}
}

func FuzzFind(f *testing.F) {
	c := known(f)
	for _, m := range c.All() {
		f.Add(m.Example)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if m, ok := c.Find(line, ""); ok && m.Means == "" {
			t.Errorf("%q: got a message without a meaning", line)
		}
	})
}
