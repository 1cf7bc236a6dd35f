package websocket

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestFramesArriveAsTheyWereSent(t *testing.T) {
	for _, client := range []bool{false, true} {
		for _, sent := range []Frame{
			{Text, []byte("hello")},
			{Text, []byte(strings.Repeat("x", longest))},
			{Close, nil},
			Ending(1011),
		} {
			var wire bytes.Buffer
			before := string(sent.Payload)
			if err := sent.Write(&wire, client); err != nil {
				t.Fatal(err)
			}
			if client && len(before) > 0 && bytes.Contains(wire.Bytes(), []byte(before)) {
				t.Errorf("got %q in the clear, want it masked", before)
			}
			got, err := Read(&wire)
			if err != nil || got.Op != sent.Op || string(got.Payload) != before || string(sent.Payload) != before {
				t.Errorf("got %v (%v), want %v", got, err, sent)
			}
		}
	}
}

func TestWhatIsNoFrame(t *testing.T) {
	if err := (Frame{Text, make([]byte, longest+1)}).Write(io.Discard, false); err == nil {
		t.Error("got no error for a long frame, want one")
	}
	for name, wire := range map[string]string{
		"fragment": "\x01\x02hi", "long": "\x81\x7e\x01\x00",
		"HTTP": "HTTP/1.1 400 Bad Request",
	} {
		if _, err := Read(strings.NewReader(wire)); err == nil {
			t.Errorf("%s: got no error, want one", name)
		}
	}
	if _, err := Read(strings.NewReader("")); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want EOF", err)
	}
	if _, err := Read(strings.NewReader("\x81\x05hi")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want an unexpected EOF", err)
	}
}

func TestAccept(t *testing.T) {
	// The example of RFC 6455, section 1.3.
	if got, want := Accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if a, b := Key(), Key(); a == b {
		t.Errorf("got the key %s twice", a)
	}
}

func TestCode(t *testing.T) {
	if got := (Frame{Op: Close}).Code(); got != Normal {
		t.Errorf("got %d, want %d", got, Normal)
	}
	if got := Ending(1011).Code(); got != 1011 {
		t.Errorf("got %d, want 1011", got)
	}
}
