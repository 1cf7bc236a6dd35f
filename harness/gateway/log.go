package gateway

import (
	"bytes"
	"context"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gatequake/gatequake/harness/foreign"
)

// Bounds on what is kept of a log: enough for every line that one experiment causes, and nothing that a gateway
// gone mad could fill a report with.
const (
	maxLogBytes = 256 << 10
	maxLogLines = 40
	maxLineLen  = 1500 // Caddy's JSON with a client's header fields and TLS: 1.1 KB.
)

// Mark is a place in each log of a gateway.
type Mark []int64

// Mark returns the present end of the logs.
func (p *Process) Mark() Mark {
	if p == nil {
		return nil
	}
	if p.machine != nil {
		p.findLogs()
	}
	m := make(Mark, len(p.logs))
	for i, path := range p.logs {
		if info, err := os.Stat(path); err == nil {
			m[i] = info.Size()
		}
	}
	return m
}

// look is how often a log is looked at that has yet to be still.
const look = 50 * time.Millisecond

// Settle returns when nothing has been written to the logs for the time, or when it has waited for three times as long:
// some gateways are never silent. No time is no wait.
func (p *Process) Settle(ctx context.Context, still time.Duration) {
	if p == nil || still <= 0 {
		return
	}
	end, before, since := time.Now().Add(3*still), p.Mark(), time.Now()
	for time.Since(since) < still && time.Now().Before(end) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(look):
		}
		if now := p.Mark(); !slices.Equal(now, before) {
			before, since = now, time.Now()
		}
	}
}

// Since returns the lines logged after m, log by log, oldest first, bounded in number and length. A nil Mark
// means from the start.
func (p *Process) Since(m Mark) []string {
	lines := []string{}
	if p == nil {
		return lines
	}
	for i, path := range p.logs {
		from := int64(0)
		if i < len(m) {
			from = m[i]
		}
		lines = append(lines, readLines(path, from)...)
	}
	if n := len(lines) - maxLogLines; n > 0 {
		lines = lines[n:]
	}
	return lines
}

func readLines(path string, from int64) []string {
	f, err := foreign.Open(path)
	if err != nil {
		return nil // Not written yet: no lines.
	}
	defer func() { _ = f.Close() }()
	if size, err := f.Seek(0, io.SeekEnd); err == nil && size-from > maxLogBytes {
		from = size - maxLogBytes
	}
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return nil
	}
	lines := []string{}
	for raw := range bytes.Lines(readAll(f)) {
		if line := clean(string(raw)); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func readAll(r io.Reader) []byte {
	b, err := io.ReadAll(io.LimitReader(r, maxLogBytes))
	if err != nil {
		return nil
	}
	return b
}

// colours are what programs write for terminals, though theirs is a file (ECMA-48, section 8.3.117).
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// clean makes a line safe to show: valid UTF-8, no colours or control characters, bounded.
func clean(s string) string {
	s = colours.ReplaceAllString(s, "")
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || (r < ' ' && r != '\t' && r != '\n') || r == 0x7f {
			return '.'
		}
		return r
	}, s)
	if len(s) > maxLineLen {
		s = strings.ToValidUTF8(s[:maxLineLen], "") + "…"
	}
	return strings.TrimSpace(s)
}
