package message_test

import (
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/message"
)

// TestEveryStartMessageSaysWhatToDo: the example of each message about a start is told with what it means and what to
// do, in whole sentences in which nothing is left to be filled in.
func TestEveryStartMessageSaysWhatToDo(t *testing.T) {
	c, n := known(t), 0
	for _, m := range c.All() {
		if m.Side != message.Start {
			continue
		}
		n++
		got := c.Causes([]string{"starting", m.Example, "bye"}, m.Program)
		if len(got) != 1 || got[0].Advice == "" || !strings.Contains(got[0].Line, m.Example[:10]) {
			t.Errorf("%s %q: got %v, want it with its advice", m.Program, m.Example, got)
			continue
		}
		if s := got[0].Means + got[0].Advice; strings.Contains(s, "${") || strings.Contains(s, "  ") {
			t.Errorf("%s: got %q, want everything filled in", m.Program, s)
		}
	}
	const enough = 100 // some ten for each gateway
	if n < enough {
		t.Errorf("got %d messages about a start, want %d", n, enough)
	}
}

// TestCauses holds what is made of whole logs: the cause, and not what was said last.
func TestCauses(t *testing.T) {
	c := known(t)
	for name, log := range map[string]struct {
		program, said string
		want          []string // in each cause, in their order
	}{
		"the cause comes first": {
			"haproxy",
			"[NOTICE]   (28764) : haproxy version is 2.6.12-1+deb12u4\n" +
				"[ALERT]    (28764) : config : parsing [ha.cfg:2] : cannot find user id for 'haproxy' (0:Success)\n" +
				"[ALERT]    (28764) : config : Error(s) found in configuration file : ha.cfg\n" +
				"[ALERT]    (28764) : config : Fatal errors found in configuration.",
			[]string{"the user haproxy that it shall run as is not on this machine"},
		},
		"several": {
			"haproxy",
			"[ALERT]    (1) : config : parsing [ha.cfg:7] : 'bind :8443' in section 'frontend' : unable to stat SSL certificate from " +
				"file '/a.pem' : No such file or directory.\n" +
				"[ALERT]    (1) : config : [ha.cfg:10] : 'server app/s1' : could not resolve address 'app'.\n" +
				"[ALERT]    (1) : config : Fatal errors found in configuration.",
			[]string{"/a.pem is not there", "the name app had no address"},
		},
		"in two lines": {
			"apache",
			"AH00526: Syntax error on line 7 of /etc/apache2/ap.conf:\n" +
				"Invalid command 'ProxyPass', perhaps misspelled or defined by a module not included in the server configuration",
			[]string{"line 7 of /etc/apache2/ap.conf: Invalid command 'ProxyPass'"},
		},
		"with its place behind it": {
			"varnish",
			"Could not delete 'vcl_boot.1796062273.281798/vgc.sym': No such file or directory\nError:\nMessage from VCC-compiler:\n" +
				"Unknown field: 'hots' at\n('/etc/varnish/edge.vcl' Line 3 Pos 23)\nbackend b { .hots = \"192.0.2.1\"; }\n\n" +
				"Running VCC-compiler failed, exited with 2\nVCL compilation failed",
			[]string{"('/etc/varnish/edge.vcl' Line 3 Pos 23). That is: the VCL uses hots"},
		},
		"a warning is none": {
			"apache",
			"AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using 127.0.0.1\n" +
				"(98)Address already in use: AH00072: make_sock: could not bind to address 127.0.0.1:8080\n" +
				"no listening sockets available, shutting down\nAH00015: Unable to open logs",
			[]string{"another program listens at 127.0.0.1:8080 already"},
		},
		"an unknown program": {"", "reading rules\nFATAL: rule 7 is bad\ngoodbye", nil},
		"nothing":            {"", "", nil},
	} {
		got := c.Causes(strings.Split(log.said, "\n"), log.program)
		if len(got) != len(log.want) {
			t.Errorf("%s: got %v, want %d", name, got, len(log.want))
			continue
		}
		for i, want := range log.want {
			if !strings.Contains(got[i].String(), want) {
				t.Errorf("%s: got %q, want %q in it", name, got[i], want)
			}
		}
	}
}

// TestLikely: of what is not known, the line with the surest word is the likeliest.
func TestLikely(t *testing.T) {
	for said, want := range map[string]string{
		"reading rules\nFATAL: rule 7 is bad\nsome statistics\ngoodbye": "FATAL: rule 7 is bad",
		"error: no colour\npanic: it is over\ngoroutine 1":              "panic: it is over",
		"rule 7 not found\nan Error of mine":                            "an Error of mine",
		"one\ntwo":                                                      "",
		"":                                                              "",
	} {
		if got := message.Likely(strings.Split(said, "\n")); got != want {
			t.Errorf("%q: got %q, want %q", said, got, want)
		}
	}
}

// TestLongLines: of a line that repeats the whole configuration the part that counts is told.
func TestLongLines(t *testing.T) {
	line := "[critical] " + strings.Repeat("x", 2000) + " no such field: 'timout' " + strings.Repeat("y", 2000)
	got := known(t).Causes([]string{line}, "envoy")[0]
	if len(got.Line) > 500 || !strings.Contains(got.Line, "no such field: 'timout'") {
		t.Errorf("got %q, want the field in a short line", got.Line)
	}
}
