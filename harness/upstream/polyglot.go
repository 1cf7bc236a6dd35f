package upstream

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/stamp"
)

// AnswerIn implements Polyglot.
func (healthy) AnswerIn(w http.ResponseWriter, r *http.Request, c *Conn) End {
	return Status{Code: http.StatusOK}.AnswerIn(w, r, c)
}

// AnswerIn implements Polyglot.
func (s Status) AnswerIn(w http.ResponseWriter, r *http.Request, c *Conn) End {
	if s.Code == http.StatusOK && len(s.Header) == 0 {
		content, _ := io.ReadAll(r.Body) // It is in memory.
		answerAs(c.origin.name, w, r, content)
		return Keep
	}
	c.stamped(w, r)
	for name, values := range s.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(s.Code)
	if !bodyAllowed(s.Code) {
		return Keep
	}
	page := stamp.Body(c.origin.name, r.Header.Get(stamp.Nonce))
	half := len(page) / 2
	_, _ = w.Write(page[:half])
	if s.Pause > 0 {
		_ = http.NewResponseController(w).Flush()
		time.Sleep(s.Pause)
	}
	_, _ = w.Write(page[half:])
	return Keep
}

// AnswerIn implements Polyglot.
func (Silent) AnswerIn(_ http.ResponseWriter, r *http.Request, c *Conn) End {
	c.gone(r)
	return Keep // Nobody reads what is sent now.
}

// AnswerIn implements Polyglot, where there are no bytes.
func (b Raw) AnswerIn(http.ResponseWriter, *http.Request, *Conn) End { return b.Then }

// AnswerIn implements Polyglot, where there are no bytes or they are of no language.
func (b Canned) AnswerIn(_ http.ResponseWriter, r *http.Request, c *Conn) End {
	_, _ = c.Write(b.Stamped(r.Header.Get(stamp.Nonce)))
	return b.Then
}

// AnswerIn implements Polyglot. A call of gRPC has no length.
func (t Truncated) AnswerIn(w http.ResponseWriter, r *http.Request, c *Conn) End {
	c.stamped(w, r)
	if strings.HasPrefix(r.Header.Get("Content-Type"), grpcType) {
		w.Header().Set("Content-Type", grpcType)
	} else {
		w.Header().Set("Content-Length", strconv.Itoa(t.Declared))
	}
	line := stamp.Body(c.origin.name, r.Header.Get(stamp.Nonce))
	_, _ = w.Write(bytes.Repeat(line, t.Sent/len(line)+1)[:t.Sent])
	_ = http.NewResponseController(w).Flush()
	return t.Then
}

// AnswerIn implements Polyglot.
func (b BigHeaders) AnswerIn(w http.ResponseWriter, r *http.Request, c *Conn) End {
	return b.status().AnswerIn(w, r, c)
}

// AnswerIn implements Polyglot.
func (b Drip) AnswerIn(w http.ResponseWriter, r *http.Request, c *Conn) End {
	c.wire.pace.Store(int64(b.Every))
	Status{Code: http.StatusOK}.AnswerIn(w, r, c)
	_ = http.NewResponseController(w).Flush()
	return Close
}

// AnswerIn implements Polyglot.
func (b Working) AnswerIn(w http.ResponseWriter, r *http.Request, c *Conn) End {
	select {
	case <-time.After(b.For):
		return Status{Code: http.StatusOK}.AnswerIn(w, r, c)
	case <-c.origin.closed:
		return Close
	}
}

// AnswerIn implements Polyglot.
func (b *Expiring) AnswerIn(w http.ResponseWriter, r *http.Request, c *Conn) End {
	if b.expired(r.Method, c.ID) {
		return Close
	}
	return Status{Code: http.StatusOK}.AnswerIn(w, r, c)
}

// AnswerIn implements Polyglot.
func (crash) AnswerIn(_ http.ResponseWriter, r *http.Request, c *Conn) End {
	return crash{}.Answer(r, c)
}

// AnswerIn implements Polyglot.
func (crashAfterHead) AnswerIn(w http.ResponseWriter, r *http.Request, c *Conn) End {
	Truncated{Declared: crashDeclared, Sent: crashSent}.AnswerIn(w, r, c)
	awaitAcknowledged(c.tcp)
	return crash{}.Answer(r, c)
}
