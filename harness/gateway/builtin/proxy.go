package builtin

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"
)

// handler builds the gateway: what refuses first, so that a block never waits for an upstream, then the routes.
func (c *Config) handler() (http.Handler, error) {
	routes, err := c.routes()
	if err != nil {
		return nil, err
	}
	inner := c.Members.asked(c.Limit.limited(c.Ask.asked(routes, time.Duration(c.ResponseTimeout))))
	ruled, err := c.ruled(inner)
	if err != nil {
		return nil, err
	}
	return c.dropped(c.denied(ruled)), nil
}

// below sends what is below the prefix to there, all else to next. Without a prefix nothing is below it.
func below(prefix string, next http.Handler, there http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if prefix != "" && strings.HasPrefix(r.URL.Path, prefix) {
			there(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (c *Config) routes() (http.Handler, error) {
	proxies := map[string]http.Handler{}
	for _, r := range c.Routes {
		p, err := c.proxy(r)
		if err != nil {
			return nil, fmt.Errorf("route %s: %w", r.Prefix, err)
		}
		proxies[r.Prefix] = p
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		best := ""
		for prefix := range proxies {
			if strings.HasPrefix(r.URL.Path, prefix) && len(prefix) > len(best) {
				best = prefix
			}
		}
		if best == "" {
			page(w, http.StatusNotFound, "No route.")
			return
		}
		proxies[best].ServeHTTP(w, r)
	}), nil
}

// page sends an answer of the gateway's own, which no cache may keep.
func page(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, fmt.Sprintf("%d %s. %s", status, http.StatusText(status), text), status)
}

func (c *Config) proxy(r Route) (http.Handler, error) {
	if r.Files != "" {
		return http.StripPrefix(r.Prefix, http.FileServer(http.Dir(r.Files))), nil
	}
	target, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	transport, err := c.transport(r)
	if err != nil {
		return nil, err
	}
	members := []*url.URL{target}
	for _, other := range r.Pool {
		u, err := url.Parse(other)
		if err != nil {
			return nil, err
		}
		members = append(members, u)
	}
	p := &httputil.ReverseProxy{
		Transport: &pool{members: members, again: r.Again, through: transport},
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.SetURL(target)
			pr.SetXForwarded()
		},
	}
	if c.HoldAnswer > 0 {
		p.ModifyResponse = c.hold
		p.ErrorHandler = func(w http.ResponseWriter, req *http.Request, err error) {
			log.Printf("bad gateway: %s %s: %v", req.Method, req.URL.Path, err)
			page(w, http.StatusBadGateway, "The server behind this gateway gave no valid answer.")
		}
	}
	return p, nil
}

func (c *Config) transport(r Route) (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil // The environment of the machine has no say.
	t.DialContext = c.dial(r)
	t.TLSHandshakeTimeout = time.Duration(c.ConnectTimeout)
	t.ResponseHeaderTimeout = time.Duration(c.ResponseTimeout)
	t.MaxResponseHeaderBytes = c.MaxAnswerHeader
	t.ForceAttemptHTTP2 = false
	if r.HTTP2 {
		t.Protocols = new(http.Protocols)
		t.Protocols.SetUnencryptedHTTP2(true)
	}
	t.TLSClientConfig = &tls.Config{ServerName: r.ServerName}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, err
		}
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read %s: no certificate in it", c.CA)
		}
	}
	return t, nil
}

// hold reads the answer's body before its head is sent on. An answer that breaks off, or has no valid status,
// becomes an error, and so a 502; what is longer than HoldAnswer is passed on as it comes, as no gateway can
// hold everything.
func (c *Config) hold(resp *http.Response) error {
	// At a status below 100, http.Server ends the client's connection without an answer.
	if resp.StatusCode < 100 || resp.StatusCode > 599 {
		return fmt.Errorf("read head of answer: got status %d, want 100 to 599", resp.StatusCode)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return nil // It has no body, but a connection, which ReverseProxy passes on to who asked for one.
	}
	held := &bytes.Buffer{}
	stop := time.AfterFunc(time.Duration(c.ResponseTimeout), func() { _ = resp.Body.Close() })
	defer stop.Stop()
	_, err := io.CopyN(held, resp.Body, c.HoldAnswer)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read body of answer: %w", err)
	}
	if err != nil {
		_ = resp.Body.Close()
		resp.Body = io.NopCloser(held)
		return nil
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(held, resp.Body), resp.Body}
	return nil
}
