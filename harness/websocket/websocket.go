// Package websocket is as much of RFC 6455 as an echo takes: the key of the handshake, and single frames with a
// short payload.
package websocket

import (
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6455, section 4.2.2, wants this one; it protects nothing.
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Op tells frames apart (RFC 6455, section 5.2).
type Op byte

// The frames of an echo.
const (
	Text  Op = 1
	Close Op = 8
)

// Normal is the code of a Close that ends a conversation as meant (RFC 6455, section 7.4.1).
const Normal = 1000

// Frame is one whole, final frame.
type Frame struct {
	Op      Op
	Payload []byte
}

// longest is the length up to which a frame's head takes two bytes, its mask aside (RFC 6455, section 5.2). It
// is that of every control frame, and enough.
const longest = 125

const (
	final   = 0x80 // of the first byte: nothing follows that belongs to the frame
	masked  = 0x80 // of the second byte: a mask follows, as in everything that a client sends
	maskLen = 4
)

// Read reads one frame, and unmasks it. Its error is io.EOF when in ends before the frame, and wraps no error of
// in's when it is no frame that an echo has.
func Read(in io.Reader) (Frame, error) {
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return Frame{}, err
	}
	f, length := Frame{Op: Op(head[0] &^ final)}, int(head[1]&^masked)
	if head[0]&final == 0 || length > longest {
		return Frame{}, fmt.Errorf("read frame: got one that begins with %x, want a final one of at most %d bytes",
			head, longest)
	}
	mask := make([]byte, maskLen)
	if head[1]&masked != 0 {
		if _, err := io.ReadFull(in, mask); err != nil {
			return Frame{}, err
		}
	}
	f.Payload = make([]byte, length)
	if _, err := io.ReadFull(in, f.Payload); err != nil {
		return Frame{}, err
	}
	f.apply(mask)
	return f, nil
}

// Write writes the frame in one piece, masked with a new mask if it is a client's. Its payload is at most 125
// bytes long.
func (f Frame) Write(out io.Writer, client bool) error {
	if len(f.Payload) > longest {
		return fmt.Errorf("write frame: got %d bytes, want at most %d", len(f.Payload), longest)
	}
	text := []byte{final | byte(f.Op), byte(len(f.Payload))}
	f.Payload = append([]byte{}, f.Payload...)
	if client {
		mask := make([]byte, maskLen)
		_, _ = rand.Read(mask) // It never fails.
		text[1] |= masked
		text = append(text, mask...)
		f.apply(mask)
	}
	_, err := out.Write(append(text, f.Payload...))
	return err
}

func (f Frame) apply(mask []byte) {
	for i := range f.Payload {
		f.Payload[i] ^= mask[i%maskLen]
	}
}

// Ending returns a Close with the code.
func Ending(code uint16) Frame {
	return Frame{Op: Close, Payload: binary.BigEndian.AppendUint16(nil, code)}
}

// Code returns the code of a Close; Normal when it has none.
func (f Frame) Code() int {
	if len(f.Payload) < 2 {
		return Normal
	}
	return int(binary.BigEndian.Uint16(f.Payload))
}

// Key returns a new key for a client's handshake.
func Key() string {
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(nonce)
}

// Accept returns what a server that understood the key answers.
func Accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // As above.
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Asked reports whether a request, or an answer, with these fields is of a handshake.
func Asked(h http.Header) bool { return strings.EqualFold(h.Get("Upgrade"), "websocket") }
