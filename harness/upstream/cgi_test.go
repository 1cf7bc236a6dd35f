package upstream_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// variables are those that a gateway sends with a POST, in the order that SCGI wants.
var variables = []string{
	"CONTENT_LENGTH", "3", "SCGI", "1", "REQUEST_METHOD", "POST", "REQUEST_URI", "/a?b=c", "SERVER_PROTOCOL", "HTTP/1.1",
	"HTTP_HOST", "app.example.com", "HTTP_" + strings.ReplaceAll(strings.ToUpper(stamp.Nonce), "-", "_"), "survey-1",
}

func inUWSGI() string {
	word := func(s string) []byte { return append(binary.LittleEndian.AppendUint16(nil, uint16(len(s))), s...) }
	all := []byte{}
	for _, v := range variables {
		all = append(all, word(v)...)
	}
	head := append([]byte{0}, binary.LittleEndian.AppendUint16(nil, uint16(len(all)))...)
	return string(append(head, 0)) + string(all) + "abc"
}

func inSCGI() string {
	all := strings.Join(variables, "\x00") + "\x00"
	return fmt.Sprintf("%d:%s,abc", len(all), all)
}

// TestCatchAllSpeaksUWSGIAndSCGI sends a request in each, and wants the answer of an upstream, in what the gateway
// expects to begin it.
func TestCatchAllSpeaksUWSGIAndSCGI(t *testing.T) {
	t.Parallel()
	for language, say := range map[upstream.Language]struct{ request, begins string }{
		upstream.UWSGISpoken: {inUWSGI(), "HTTP/1.0 200 OK\r\n"},
		upstream.SCGISpoken:  {inSCGI(), "Status: 200 OK\r\n"},
	} {
		t.Run(string(language), func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			authority, err := upstream.NewAuthority()
			if err != nil {
				t.Fatal(err)
			}
			o := upstream.StartCatchAll(l, authority, func(netip.Addr) string { return "" })
			t.Cleanup(func() { _ = o.Close() })
			c, err := net.Dial("tcp", o.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			if _, err := io.WriteString(c, say.request); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(c)
			head, _, _ := strings.Cut(string(answer), "\r\n\r\n")
			if err != nil || !strings.HasPrefix(head, say.begins) || !strings.Contains(head, "survey-1") {
				t.Errorf("got %q, %v, want it to begin with %q, and the nonce among its fields", answer, err, say.begins)
			}
			if all := o.Connections(); len(all) != 1 || all[0].Speaks != language {
				t.Errorf("got the connections %+v, want one that speaks %s", all, language)
			}
		})
	}
}
