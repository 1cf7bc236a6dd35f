package upstream

import (
	"net/http"
	"strings"
)

// BigHeaders is a valid, stamped 200 whose head is longer than a healthy one by this many bytes. They come in
// lines of 1 to 2 KB, so that the section is too large and no line is: servers bound a line at 4 or 8 KB. Fewer
// bytes than one empty line needs (22) are rounded up to that.
type BigHeaders struct {
	Bytes int
}

// Answer implements Behaviour.
func (b BigHeaders) Answer(r *http.Request, c *Conn) End {
	const name = "Gatequake-Padding"
	const around = len(name + ": \r\n")
	lines := max(1, b.Bytes/1024)
	padding := make([]string, lines)
	for i := range padding {
		size := b.Bytes / lines
		if i < b.Bytes%lines {
			size++
		}
		padding[i] = strings.Repeat("x", max(1, size-around))
	}
	return Status{Code: http.StatusOK, Header: http.Header{name: padding}}.Answer(r, c)
}
