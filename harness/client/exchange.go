package client

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/net/http2"
)

// exchange is one request on its stream, on its way.
type exchange struct {
	*streams
	id     uint32
	method string
	begin  time.Time
	resp   *Response
}

// take takes a frame in and reports whether it ends the exchange.
func (e *exchange) take(f http2.Frame) (over bool) {
	switch f := f.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			_ = e.framer.WriteSettingsAck()
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			_ = e.framer.WritePing(true, f.Data)
		}
	case *http2.GoAwayFrame:
		e.away = &away{f.ErrCode}
		if f.LastStreamID < e.id {
			return e.end(e.rest(), "GOAWAY %s", f.ErrCode)
		}
	case *http2.RSTStreamFrame:
		if f.StreamID == e.id && e.resp.Status == 0 {
			return e.end(Reset, "RST_STREAM %s", f.ErrCode)
		}
		if f.StreamID == e.id {
			return e.end(Truncated, "RST_STREAM %s", f.ErrCode)
		}
	case *http2.MetaHeadersFrame:
		return e.fields(f)
	case *http2.DataFrame:
		return e.data(f)
	case *http2.PushPromiseFrame:
		return e.end(Malformed, "a push, which was forbidden")
	}
	return false
}

// fields takes a head in, interim ones apart, or a trailer.
func (e *exchange) fields(f *http2.MetaHeadersFrame) (over bool) {
	if f.StreamID != e.id {
		return e.end(Malformed, "fields on stream %d, want %d", f.StreamID, e.id)
	}
	h := http.Header{}
	for _, field := range f.RegularFields() {
		h.Add(field.Name, field.Value)
	}
	if e.resp.Status != 0 {
		e.resp.Trailer = h
		if !f.StreamEnded() {
			return e.end(Malformed, "a trailer that does not end the stream")
		}
		return e.whole()
	}
	status, err := strconv.Atoi(f.PseudoValue("status"))
	if err != nil || status < 100 || f.Truncated || status == http.StatusSwitchingProtocols {
		return e.end(Malformed, "a head with status %q", f.PseudoValue("status"))
	}
	if status >= 100 && status <= 199 {
		return f.StreamEnded() && e.end(Malformed, "an interim head that ends the stream")
	}
	e.resp.Status, e.resp.Header, e.resp.Head = status, h, time.Since(e.begin)
	e.resp.First = e.resp.Head
	return f.StreamEnded() && e.whole()
}

func (e *exchange) data(f *http2.DataFrame) (over bool) {
	if f.StreamID != e.id || e.resp.Status == 0 {
		return e.end(Malformed, "%d bytes of body on stream %d, want a head on %d", len(f.Data()), f.StreamID, e.id)
	}
	e.resp.BodyBytes += int64(len(f.Data()))
	e.resp.Body = append(e.resp.Body, f.Data()[:min(len(f.Data()), maxBody-len(e.resp.Body))]...)
	return f.StreamEnded() && e.whole()
}

// whole ends an exchange whose stream the server ended. Its length, if it is declared, must be right (RFC 9113,
// section 8.1.1).
func (e *exchange) whole() (over bool) {
	declared, err := strconv.ParseInt(e.resp.Header.Get("Content-Length"), 10, 64)
	switch got := e.resp.BodyBytes; {
	case err != nil, e.method == http.MethodHead, e.resp.Status == http.StatusNotModified, got == declared:
		e.resp.Keep = e.away == nil
		return e.end(Complete, "")
	case got < declared:
		return e.end(Truncated, "%d bytes of body, %d declared", got, declared)
	default:
		return e.end(Malformed, "%d bytes of body, %d declared", got, declared)
	}
}

// stopped ends an exchange that reading stopped.
func (e *exchange) stopped(err error) {
	var connection http2.ConnectionError
	var stream http2.StreamError
	end := EndOf(err)
	switch {
	case errors.As(err, &connection), errors.As(err, &stream), errors.Is(err, http2.ErrFrameTooLarge):
		end = Malformed
	case end == TimedOut:
	case e.resp.Status != 0:
		end = Truncated
	case errors.Is(err, io.ErrUnexpectedEOF): // In the middle of a frame, or of TLS: no answer had begun.
		end = Closed
	}
	e.resp.Gone = end == Closed || end == Reset
	e.end(end, "%v", err)
}

func (e *exchange) end(how End, format string, args ...any) (over bool) {
	e.resp.End, e.resp.Error = how, fmt.Sprintf(format, args...)
	return true
}
