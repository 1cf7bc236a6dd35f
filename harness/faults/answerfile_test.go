package faults

import (
	"strings"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"

	. "github.com/onsi/gomega"
)

const soundHead = "title: it is odd\nerror: http_protocol_error\nwhat: It is.\n"

func TestAnswerFile(t *testing.T) {
	g := NewWithT(t)
	a, err := parseAnswer("odd.answer", soundHead+"phase: response\nwhen: request\nevery: 10ms\nafter-head: true\n"+
		"tolerated: nobody minds\nbody: ok\n---\n"+
		"HTTP/1.1 200 \\x00\\\\\\r\\n\nx{{nonce}}{{fill 3}}\\t{ü}\n")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(string(a.bytes)).To(Equal("HTTP/1.1 200 \x00\\\r\nx{{nonce}}xxx\t{ü}"))
	g.Expect(a.Phase).To(Equal(catalog.Responding))
	g.Expect(a.Every).To(Equal(10 * time.Millisecond))
	g.Expect(a.AfterHead).To(BeTrue())
	g.Expect(a.Body).To(Equal("ok"))

	a, err = parseAnswer("odd.answer", soundHead+"---\n")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(a.bytes).To(BeEmpty(), "an answer may have no bytes")
	g.Expect(a.Phase).To(Equal(catalog.AtOnce))
}

// mistaken are answer files with one mistake each, and how the error begins.
var mistaken = map[string]struct{ text, want string }{
	"empty": {"", "odd.answer:1:1: got an empty file, want a head, a line of three dashes"},
	"too large": {
		soundHead + "---\n" + strings.Repeat("x", maxAnswerFile),
		"odd.answer:1:1: got 65597 bytes, want 65536 at most",
	},
	"no dashes": {soundHead, "odd.answer:4:1: got the end of the file, want a line of three dashes"},
	"no head":   {"---\nbytes", "odd.answer:1:1: got an empty file, want the head of an answer"},
	"comment as head": {
		"# nothing\n---\nbytes",
		"odd.answer:1:1: got nothing but marks and comments, want the head of an answer",
	},
	"tag as head": {
		"!!x\n---\nbytes",
		"odd.answer:1:1: got nothing but marks and comments, want the head of an answer",
	},
	"unknown key": {soundHead + "titel: x\n---\n", `odd.answer:4:1: unknown field "titel"`},
	"duplicate key": {
		soundHead + "title: x\n---\n",
		`odd.answer:4:1: mapping key "title" already defined at [1:1]`,
	},
	"no YAML": {"title: [\n---\n", "odd.answer:1:8: "},
	"wrong kind": {
		soundHead + "after-head: perhaps\n---\n",
		"odd.answer:4:13: got a string, want true or false",
	},
	"no title":     {"error: http_protocol_error\nwhat: x\n---\n", "odd.answer:1:1: title: got none"},
	"no paragraph": {"title: x\nerror: http_protocol_error\n---\n", "odd.answer:1:1: what: got none"},
	"unknown error": {
		"title: x\nwhat: x\nerror: http_odd\n---\n",
		`odd.answer:3:1: error: got "http_odd", want one of dns_timeout, `,
	},
	"no error": {"title: x\nwhat: x\n---\n", "odd.answer:1:1: error: got none, want one of dns_timeout, "},
	"unknown phase": {
		soundHead + "phase: later\n---\n",
		`odd.answer:4:1: phase: got "later", want one of at-once, resolve, connect, response`,
	},
	"unknown moment": {
		soundHead + "when: never\n---\n",
		`odd.answer:4:1: when: got "never", want request or accept`,
	},
	"negative pause": {soundHead + "every: -1s\n---\n", "odd.answer:4:1: every: got -1s, want more than 0"},
	"pause on accept": {
		soundHead + "when: accept\nevery: 1s\n---\n",
		"odd.answer:5:1: every: got 1s, want more than 0, and an answer to a request",
	},
	"body of nothing": {soundHead + "body: x\n---\n", `odd.answer:4:1: body: got "x", want none`},
	"bad escape":      {soundHead + "---\nHTTP/1.1\nab\\q\n", `odd.answer:6:3: got "\\q", want an escape`},
	"half an escape":  {soundHead + "---\n\\x0", `odd.answer:5:1: got "\\x0", want an escape`},
	"unknown mark": {
		soundHead + "---\nab{{none}}\n",
		"odd.answer:5:3: got \"{{none}}\", want {{nonce}} or {{fill N}}",
	},
	"mark without end": {soundHead + "---\n{{fill 3\n", "odd.answer:5:1: got \"{{fill 3\", want"},
	"filled with none": {soundHead + "---\n{{fill 0}}\n", "odd.answer:5:1: got \"{{fill 0}}\", want"},
	"filled with all": {
		soundHead + "---\n{{fill 1048577}}\n",
		"odd.answer:5:1: got \"{{fill 1048577}}\", want {{nonce}} or {{fill N}} with N from 1 to 1048576",
	},
	"filled with words": {soundHead + "---\n{{fill much}}\n", "odd.answer:5:1: got \"{{fill much}}\", want"},
}

func TestAMistakeInAnAnswerFileIsPlaced(t *testing.T) {
	for name, c := range mistaken {
		t.Run(name, func(t *testing.T) {
			_, err := parseAnswer("odd.answer", c.text)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line that begins with %s", err, c.want)
			}
		})
	}
}
