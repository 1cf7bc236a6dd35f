package client

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// streams is HTTP/2 on one connection as a client speaks it that sends one request at a time, each on a stream
// of its own (RFC 9113). It is made of frames and not of http2.Transport, which tells neither a reset stream from
// a reset connection nor what came besides the answer.
type streams struct {
	framer *http2.Framer // reads from the connection, and writes into out
	out    bytes.Buffer
	block  bytes.Buffer // what encoder writes into
	encode *hpack.Encoder
	scheme string
	next   uint32 // the stream of the next request
	away   *away  // nil while the server has said nothing of the kind
}

// away is a GOAWAY: the server begins nothing more on the connection.
type away struct{ code http2.ErrCode }

// Sizes that HTTP/2 starts with (RFC 9113, section 6.5.2).
const (
	firstWindow = 1<<16 - 1
	frameSize   = 1 << 14
	tableSize   = 1 << 12
)

func newStreams(in io.Reader, secure bool) *streams {
	s := &streams{scheme: "http", next: 1}
	if secure {
		s.scheme = "https"
	}
	s.framer = http2.NewFramer(&s.out, in)
	s.framer.SetMaxReadFrameSize(frameSize)
	s.framer.ReadMetaHeaders = hpack.NewDecoder(tableSize, nil)
	s.encode = hpack.NewEncoder(&s.block)
	// Nothing of ours may hold an answer up: windows are as large as what is read at most, and nothing is pushed.
	s.out.WriteString(http2.ClientPreface)
	_ = s.framer.WriteSettings(http2.Setting{ID: http2.SettingEnablePush, Val: 0},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: maxRead})
	_ = s.framer.WriteWindowUpdate(0, maxRead-firstWindow)
	return s
}

// exchange sends r and fills resp with what comes on its stream.
func (s *streams) exchange(conn net.Conn, r Request, begin time.Time, resp *Response) {
	e := exchange{streams: s, id: s.next, method: r.Method, begin: begin, resp: resp}
	s.next += 2 // The odd numbers are the client's.
	s.write(e.id, r)
	writeErr := r.send(conn, &s.out)
	for over := false; !over; {
		f, err := s.framer.ReadFrame()
		if errors.Is(err, io.EOF) && writeErr != nil {
			err = writeErr // As in Do.
		}
		if err != nil {
			e.stopped(err)
			return
		}
		over = e.take(f)
		if _, err := s.out.WriteTo(conn); err != nil && writeErr == nil {
			writeErr = err
		}
	}
}

// write puts r into out. Its body is within what every server takes at once.
func (s *streams) write(id uint32, r Request) {
	s.block.Reset()
	field := func(name, value string) {
		_ = s.encode.WriteField(hpack.HeaderField{Name: strings.ToLower(name), Value: value})
	}
	field(":method", r.Method)
	field(":scheme", s.scheme)
	field(":authority", r.Host)
	field(":path", r.Target)
	for _, f := range r.Header {
		field(f.Name, f.Value)
	}
	if r.Body != nil {
		field("content-length", strconv.Itoa(len(r.Body)))
	}
	_ = s.framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: id, BlockFragment: s.block.Bytes(), EndHeaders: true,
		EndStream: r.Body == nil,
	})
	if r.Body != nil {
		_ = s.framer.WriteData(id, true, r.Body)
	}
}

// rest tells how the connection ends that the server announced to end: a GOAWAY leaves it to the client to close
// (RFC 9113, section 6.8).
func (s *streams) rest() End {
	if s.away != nil && s.away.code != http2.ErrCodeNo {
		return Reset
	}
	return Closed
}
