package dns

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// FuzzAsk reads what a nameserver may answer: a reply is one to the harness's query, with addresses that are some;
// anything else is an error of its kind, at once.
func FuzzAsk(f *testing.F) {
	addAnswers(f)
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = socket.Close() })
	f.Fuzz(func(t *testing.T, answer []byte, ours bool) {
		go answerNext(socket, answer, ours)
		begin := time.Now()
		r, err := Ask(context.Background(), socket.LocalAddr().String(), "x.test", dns.TypeA)
		if took := time.Since(begin); took > 2*askMax {
			t.Errorf("took %s, want the answer at once", took)
		}
		if err != nil {
			if !errors.Is(err, ErrNoMessage) && !errors.Is(err, ErrWrongID) ||
				strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("got %q, want one line of one of two kinds", err)
			}
			return
		}
		if !ours {
			var m dns.Msg
			if m.Unpack(answer) != nil {
				t.Errorf("got %+v of what is no message", r)
			}
		}
		isReply(t, r)
	})
}

// addAnswers adds answers to begin with: whole, with another query's ID, cut short, and none.
func addAnswers(f *testing.F) {
	for _, records := range [][]string{
		{},
		{"x.test. 0 IN A 192.0.2.1"},
		{"x.test. 0 IN CNAME y.test.", "y.test. 0 IN AAAA 2001:db8::1"},
		{"x.test. 0 IN TXT \"x\""},
	} {
		m := new(dns.Msg).SetQuestion("x.test.", dns.TypeA)
		m.Response = true
		for _, text := range records {
			r, err := dns.NewRR(text)
			if err != nil {
				f.Fatal(err)
			}
			m.Answer = append(m.Answer, r)
		}
		packed, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed, true)
		f.Add(packed, false)
		f.Add(packed[:len(packed)/2], true)
	}
	f.Add([]byte{}, true)
	f.Add([]byte("\x00\x00\x80\x00\x00\x00\xff\xff\x00\x00\x00\x00\xc0\x0c"), true)
}

// answerNext answers the next query at socket, with the query's own ID if ours.
func answerNext(socket net.PacketConn, answer []byte, ours bool) {
	query := make([]byte, 1<<10)
	_, from, err := socket.ReadFrom(query)
	if err != nil {
		return
	}
	if answer = append([]byte{}, answer...); ours && len(answer) >= 2 {
		copy(answer, query[:2]) // the ID
	}
	_, _ = socket.WriteTo(answer[:min(len(answer), 1<<15)], from)
	_, _ = socket.WriteTo([]byte("no message"), from) // So that nobody waits for what was no answer.
}

// isReply holds that what Ask returns without an error has the form of a reply.
func isReply(t *testing.T, r Reply) {
	for _, a := range r.Addresses {
		if !a.IsValid() || a.Is4In6() || a.Zone() != "" {
			t.Errorf("got the address %q", a)
		}
	}
	for _, a := range r.Aliases {
		if a.Name != strings.ToLower(a.Name) || a.Target != strings.ToLower(a.Target) {
			t.Errorf("got %+v, want lower case", a)
		}
	}
	if r.Rcode == "" || r.Took < 0 {
		t.Errorf("got %+v, want a code and a time", r)
	}
}
