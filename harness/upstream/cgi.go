package upstream

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"strconv"
	"strings"
)

// How a request in uwsgi begins: a packet of type 0, its length, no argument, and the length of a first name, which is
// in capitals (The uwsgi protocol, uwsgi-docs). SCGI begins with the length of its headers, of which CONTENT_LENGTH is
// the first (Simple Common Gateway Interface, version 1).
const (
	uwsgiHead      = 4
	uwsgiFirst     = 7 // bytes: the head, a length of two bytes, a capital
	mostSCGIDigits = 6
	scgiFirst      = ":CONTENT_LENGTH\x00"
)

// startsUWSGI reports whether what comes begins a request in uwsgi; it waits for no more bytes than that takes.
func startsUWSGI(in *bufio.Reader) bool {
	for n := 1; n <= uwsgiFirst; n++ {
		b, err := in.Peek(n)
		if err != nil || b[0] != 0 || n > 3 && b[3] != 0 || n == uwsgiFirst && (b[6] < 'A' || b[6] > 'Z') {
			return false
		}
	}
	return true
}

// startsSCGI reports whether what comes begins a request in SCGI; it waits for no more bytes than that takes.
func startsSCGI(in *bufio.Reader) bool {
	for digits := range mostSCGIDigits + 1 {
		b, err := in.Peek(digits + 1)
		switch {
		case err != nil:
			return false
		case b[digits] == ':' && digits > 0:
			for n := range len(scgiFirst) {
				if b, err = in.Peek(digits + n + 1); err != nil || b[digits+n] != scgiFirst[n] {
					return false
				}
			}
			return true
		case b[digits] < '0' || b[digits] > '9':
			return false
		}
	}
	return false
}

// serveCGI answers the one request that a connection in uwsgi or SCGI has.
func serveCGI(c io.Writer, in *bufio.Reader, l Language, answer http.Handler) error {
	read := readUWSGI
	if l == SCGISpoken {
		read = readSCGI
	}
	variables, err := read(in)
	if err != nil {
		return err
	}
	r, err := cgi.RequestFromMap(variables)
	if err != nil {
		return fmt.Errorf("%s: %w", l, err)
	}
	r.RequestURI = variables["REQUEST_URI"]
	content := make([]byte, max(r.ContentLength, 0))
	if _, err := io.ReadFull(in, content); err != nil {
		return fmt.Errorf("%s: %w", l, err) // The client is gone.
	}
	r.Body = io.NopCloser(bytes.NewReader(content))
	ctx, gone := context.WithCancel(context.Background())
	defer gone()
	go func() {
		_, _ = in.Peek(1) // Nothing more comes, until the connection ends.
		gone()
	}()
	w := &cgiWriter{to: bufio.NewWriter(c), language: l, header: http.Header{}}
	answer.ServeHTTP(w, r.WithContext(ctx))
	w.Flush()
	return nil
}

// readUWSGI reads the variables of a request in uwsgi.
func readUWSGI(in *bufio.Reader) (map[string]string, error) {
	head := make([]byte, uwsgiHead)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, fmt.Errorf("uwsgi: %w", err)
	}
	rest := make([]byte, binary.LittleEndian.Uint16(head[1:]))
	if _, err := io.ReadFull(in, rest); err != nil {
		return nil, fmt.Errorf("uwsgi: %w", err)
	}
	next := func() (word string, ok bool) {
		if len(rest) < 2 || len(rest)-2 < int(binary.LittleEndian.Uint16(rest)) {
			return "", false
		}
		end := 2 + int(binary.LittleEndian.Uint16(rest))
		word, rest = string(rest[2:end]), rest[end:]
		return word, true
	}
	all := map[string]string{}
	for len(rest) > 0 {
		name, named := next()
		value, valued := next()
		if !named || !valued {
			return nil, fmt.Errorf("uwsgi: a variable ends too early")
		}
		all[name] = value
	}
	return all, nil
}

// readSCGI reads the headers of a request in SCGI: a netstring of names and values, each with a zero behind it.
func readSCGI(in *bufio.Reader) (map[string]string, error) {
	digits, err := in.ReadString(':')
	if err != nil {
		return nil, fmt.Errorf("scgi: %w", err)
	}
	size, err := strconv.ParseUint(strings.TrimSuffix(digits, ":"), 10, 20)
	if err != nil {
		return nil, fmt.Errorf("scgi: %w", err)
	}
	text := make([]byte, size+1) // And the comma.
	if _, err := io.ReadFull(in, text); err != nil {
		return nil, fmt.Errorf("scgi: %w", err)
	}
	words, all := bytes.Split(text[:size], []byte{0}), map[string]string{}
	for i := 0; i+1 < len(words); i += 2 {
		all[string(words[i])] = string(words[i+1])
	}
	return all, nil
}

// cgiWriter writes an answer that ends with the connection: with a status line in uwsgi, and in SCGI with the field
// Status in its place (RFC 3875, section 6.3.3).
type cgiWriter struct {
	to       *bufio.Writer
	language Language
	header   http.Header
	begun    bool
}

// Header returns the fields of the answer.
func (w *cgiWriter) Header() http.Header { return w.header }

// WriteHeader begins the answer.
func (w *cgiWriter) WriteHeader(status int) {
	if w.begun {
		return
	}
	w.begun = true
	begin := "HTTP/1.0 "
	if w.language == SCGISpoken {
		begin = "Status: "
	}
	_, _ = fmt.Fprintf(w.to, "%s%d %s\r\n", begin, status, http.StatusText(status))
	_ = w.header.Write(w.to)
	_, _ = w.to.WriteString("\r\n")
}

// Write writes a part of the content.
func (w *cgiWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.to.Write(p)
}

// Flush sends what was written.
func (w *cgiWriter) Flush() {
	w.WriteHeader(http.StatusOK)
	_ = w.to.Flush()
}
