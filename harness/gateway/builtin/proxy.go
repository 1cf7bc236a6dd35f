package builtin

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"
)

// handler builds the gateway: denials first, so that a block never waits for an upstream, then the routes.
func (c *Config) handler() (http.Handler, error) {
	proxies := map[string]http.Handler{}
	for _, r := range c.Routes {
		p, err := c.proxy(r)
		if err != nil {
			return nil, fmt.Errorf("route %s: %w", r.Prefix, err)
		}
		proxies[r.Prefix] = p
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.Deny.Denies(r, Peer(r)) {
			log.Printf("access denied: client %s, path %q, agent %q", Peer(r), r.URL.Path, r.UserAgent())
			page(w, http.StatusForbidden, "Access denied.")
			return
		}
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
	target, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	transport, err := c.transport(r)
	if err != nil {
		return nil, err
	}
	p := &httputil.ReverseProxy{
		Transport: transport,
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
	dialer := &net.Dialer{Timeout: time.Duration(c.ConnectTimeout)}
	if c.Resolver != "" {
		dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, c.Resolver)
		}}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil // The environment of the machine has no say.
	t.DialContext = dialer.DialContext
	t.TLSHandshakeTimeout = time.Duration(c.ConnectTimeout)
	t.ResponseHeaderTimeout = time.Duration(c.ResponseTimeout)
	t.MaxResponseHeaderBytes = c.MaxAnswerHeader
	t.ForceAttemptHTTP2 = false
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

// hold reads the answer's body before its head is sent on. An answer that breaks off becomes an error, and so a 502; what is longer than HoldAnswer is
// passed on as it comes, as no gateway can hold everything.
func (c *Config) hold(resp *http.Response) error {
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
