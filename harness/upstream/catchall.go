package upstream

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/gatequake/gatequake/harness/strain"
)

// CatchAll answers every client in the protocol in which the client begins: HTTP/1, HTTP/2, FastCGI, uwsgi or SCGI,
// each also inside TLS, with a certificate for the name that is asked for. Every request gets a stamped 200, and who
// asks for a WebSocket an echo. A client of ACME (RFC 8555) gets the certificates that it asks for. CatchAll notes each
// connection and each request. Close it when done.
type CatchAll struct {
	Record

	listener  net.Listener
	authority *Authority
	nameOfIP  func(netip.Addr) string
	server    *http.Server
	spoken    chan net.Conn // to server
	acme      acme
	work      sync.WaitGroup

	mu    sync.Mutex  // guards what follows
	infos []*ConnInfo // by the number of the connection
	conns map[net.Conn]bool
	// statuses are those that AnswerAt has set, by the address that was dialled.
	statuses map[netip.AddrPort]int
}

// ConnInfo is what is known of one connection.
type ConnInfo struct {
	// Connection is its number in the hits.
	Connection int
	// To is the address that was dialled, From who dialled it.
	To, From netip.AddrPort
	At       time.Time
	// TLS tells whether it began with a TLS handshake, SNI for which name, and Trouble why the client did not go
	// through with it.
	TLS          bool
	SNI, Trouble string
	// Gone tells whether the client reset the connection, or ended it within the handshake, and said nothing of why.
	Gone bool
	// Speaks is the language; empty while nothing was said.
	Speaks Language
	// Proxied tells whether a header of the PROXY protocol stood before all.
	Proxied bool
	// Said is the beginning of what was said in no language that is known.
	Said string
	// Shut tells whether it was ended at once, as Shut said.
	Shut bool
	// ACME tells whether certificates were asked for.
	ACME bool
}

// Language is what is spoken on a connection.
type Language string

// The languages.
const (
	NothingSpoken Language = ""
	HTTP1Spoken   Language = "http"
	HTTP2Spoken   Language = "http2"
	FastCGISpoken Language = "fastcgi"
	UWSGISpoken   Language = "uwsgi"
	SCGISpoken    Language = "scgi"
	OtherSpoken   Language = "other"
)

// StartCatchAll answers all that l accepts. The local address of a connection is the one that was dialled; name
// tells by which name it may be known besides the one that a client asks for in its handshake, or "".
func StartCatchAll(l net.Listener, a *Authority, name func(netip.Addr) string) *CatchAll {
	o := &CatchAll{listener: l, authority: a, nameOfIP: name, spoken: make(chan net.Conn), conns: map[net.Conn]bool{}}
	o.acme.authority = a
	o.server = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id, _ := r.Context().Value(connectionKey{}).(int)
			o.answer(id, w, r)
		}),
		Protocols: new(http.Protocols), ReadHeaderTimeout: handshakeTimeout,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connectionKey{}, c.(*sniffedConn).id)
		},
	}
	o.server.Protocols.SetHTTP1(true)
	o.server.Protocols.SetUnencryptedHTTP2(true)
	o.work.Go(func() { _ = o.server.Serve(sniffedListener{o}) })
	o.work.Go(o.accept)
	return o
}

// Connections lists the connections so far.
func (o *CatchAll) Connections() []ConnInfo {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]ConnInfo, len(o.infos))
	for i, h := range o.infos {
		all[i] = *h
	}
	return all
}

// Addr returns the address that it listens at.
func (o *CatchAll) Addr() string { return o.listener.Addr().String() }

// Drop closes every connection that is open.
func (o *CatchAll) Drop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for c := range o.conns {
		_ = c.Close()
	}
}

// Close ends everything of it.
func (o *CatchAll) Close() error {
	_ = o.listener.Close()
	o.mu.Lock()
	for c := range o.conns {
		_ = c.Close()
	}
	o.conns = nil
	o.mu.Unlock()
	err := o.server.Close()
	o.work.Wait()
	return err
}

func (o *CatchAll) accept() {
	defer close(o.spoken)
	var talks sync.WaitGroup
	defer talks.Wait()
	for {
		c, err := strain.Accept(o.listener.Accept)
		if err != nil {
			return
		}
		h := o.register(c)
		talks.Go(func() { o.serve(c, h) })
	}
}

// register notes a connection.
func (o *CatchAll) register(c net.Conn) *ConnInfo {
	to, _ := netip.ParseAddrPort(c.LocalAddr().String())
	from, _ := netip.ParseAddrPort(c.RemoteAddr().String())
	o.mu.Lock()
	defer o.mu.Unlock()
	h := &ConnInfo{
		Connection: len(o.infos) + 1, At: time.Now(), To: netip.AddrPortFrom(to.Addr().Unmap(), to.Port()),
		From: netip.AddrPortFrom(from.Addr().Unmap(), from.Port()),
	}
	o.infos = append(o.infos, h)
	if o.conns == nil {
		_ = c.Close()
	} else {
		o.conns[c] = true
	}
	return h
}

// update changes what is known of a connection.
func (o *CatchAll) update(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
}

// serve finds out what is spoken on c, and hands c on to a server of that.
func (o *CatchAll) serve(c net.Conn, h *ConnInfo) {
	defer o.forget(c)
	if o.turned(h.Connection) == shut {
		o.update(func() { h.Shut = true })
		return
	}
	b, language, err := o.sniff(c, h)
	o.update(func() {
		if h.Speaks = language; language == OtherSpoken {
			h.Said = b.begun()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			h.Trouble, h.Gone = err.Error(), h.Gone || errors.Is(err, syscall.ECONNRESET)
		}
	})
	switch language {
	case HTTP1Spoken, HTTP2Spoken:
		o.spoken <- b
		<-b.closed
	case FastCGISpoken:
		_ = fcgi.Serve(&oneConnListener{conn: b, closed: b.closed},
			http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.answer(h.Connection, w, r) }))
	case UWSGISpoken, SCGISpoken:
		_ = serveCGI(b, b.in, language,
			http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.answer(h.Connection, w, r) }))
	case OtherSpoken:
		_, _ = io.Copy(io.Discard, b)
	}
	_ = b.Close()
}

func (o *CatchAll) forget(c net.Conn) {
	_ = c.Close()
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.conns, c)
}

func (o *CatchAll) answer(id int, w http.ResponseWriter, r *http.Request) {
	o.note(event{Hit: http2Hit(id, r)})
	if o.talk(id, w, r) {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // The client is gone.
	}
	if o.acme.asked(r) {
		o.update(func() {
			if id > 0 && id <= len(o.infos) {
				o.infos[id-1].ACME = true
			}
		})
		o.acme.answer(w, r, body)
		return
	}
	answerAs(o.nameOf(id), o.turn(id, w), r, body)
}

// nameOf is in whose name a request on the connection is answered: that of the address that was dialled.
func (o *CatchAll) nameOf(connection int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if connection < 1 || connection > len(o.infos) {
		return "upstream"
	}
	return o.infos[connection-1].To.String()
}

// sniffedListener is the listener of the connections whose language is known.
type sniffedListener struct{ o *CatchAll }

func (h sniffedListener) Accept() (net.Conn, error) {
	if c, ok := <-h.o.spoken; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (h sniffedListener) Close() error   { return nil }
func (h sniffedListener) Addr() net.Addr { return h.o.listener.Addr() }
