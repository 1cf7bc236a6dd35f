package site

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/record"
)

// Session is a person with a browser: one connection at a time, which is used again as long as it is open, cookies,
// and a private cache. It is not safe for use by several goroutines.
type Session struct {
	Bench *Bench
	// Asks is what the person asks for each time.
	Asks Probe
	// Initial is what came of it the first time.
	Initial record.Observation

	conn  *client.Conn // nil when there is none that is open
	pages pages
}

// session is what a person is known by to the site, unless the request says otherwise.
var session = client.Field{Name: "Cookie", Value: "session=visitor"}

// NewSession returns somebody who has never been here.
func (b *Bench) NewSession(asks Probe) *Session {
	v := &Session{Bench: b, Asks: asks, pages: pages{}}
	if !slices.ContainsFunc(asks.Ask.Header, isCookie) {
		v.Asks.Ask.Header = append(slices.Clone(asks.Ask.Header), session)
	}
	return v
}

// Navigate asks as somebody does who follows a link: what is in the cache and still fresh is shown, and nobody is
// asked.
func (v *Session) Navigate(ctx context.Context) record.Observation {
	if o, ok := v.pages.find(v.Asks); ok {
		return o
	}
	return v.ask(ctx)
}

// Reload asks as the button of that name does: on the same connection if it is still open, and past the cache.
func (v *Session) Reload(ctx context.Context) record.Observation {
	return v.ask(ctx, client.Field{Name: "Cache-Control", Value: "max-age=0"})
}

// ClearCache forgets every page.
func (v *Session) ClearCache() { v.pages = pages{} }

// Disconnect closes the connection, if there is one; the next request opens another.
func (v *Session) Disconnect() {
	if v.conn != nil {
		_ = v.conn.Close()
		v.conn = nil
	}
}

// ask sends the request with these fields in addition, and keeps the answer if it may be kept.
func (v *Session) ask(ctx context.Context, more ...client.Field) record.Observation {
	b, p := v.Bench, v.Asks
	p.Ask.Header = append(slices.Clone(p.Ask.Header), more...)
	r, source, o := b.Begin(p)
	within, cancel := context.WithTimeout(ctx, p.Within)
	defer cancel()
	o.Began = time.Now()
	if !v.open() {
		way, door := b.WayOf(p, source)
		c, err := way.Open(within, door, source)
		if err != nil {
			Unconnected(&o, err)
			return o
		}
		v.conn = c
	}
	o.Began = time.Now()
	Fill(&o, b.Talk(p).Exchange(within, v.conn, r))
	o.Hits = b.HitsOf(o.Nonce)
	if !o.Keep {
		v.Disconnect()
	}
	v.pages.keep(p, o)
	return o
}

// open reports whether there is a connection that can be used again. A browser, too, looks before it sends.
func (v *Session) open() bool {
	if v.conn != nil && !v.conn.Idle() {
		v.Disconnect()
	}
	return v.conn != nil
}

// FirstVisit asks for the first time; of a load, after an earlier request and the wait.
func (v *Session) FirstVisit(ctx context.Context, wait time.Duration) {
	if wait > 0 {
		v.ask(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		v.pages = pages{}
	}
	v.Initial = v.Navigate(ctx)
}

// OtherBrowser returns the same person with another browser: nothing of the first one's is in it.
func (v *Session) OtherBrowser() *Session {
	other := &Session{Bench: v.Bench, Asks: v.Asks, pages: pages{}}
	other.Asks.Ask.Agent = OtherBrowser
	other.Asks.Ask.Header = slices.DeleteFunc(slices.Clone(v.Asks.Ask.Header), isCookie)
	return other
}

func isCookie(f client.Field) bool { return strings.EqualFold(f.Name, session.Name) }
