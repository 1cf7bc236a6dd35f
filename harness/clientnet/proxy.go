package clientnet

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
)

// proxy is what the VPN does with requests.
func (v *VPN) proxy() http.Handler {
	forward := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.Host = r.In.Host },
		Transport: &http.Transport{DialContext: v.dialer, DisableKeepAlives: true},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Add("Via", "1.1 "+vpnName)
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) { unreachable(w, err) },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodConnect:
			v.tunnel(w, r)
		case !r.URL.IsAbs():
			http.Error(w, "This is a proxy: ask for a whole URL.", http.StatusBadRequest)
		default:
			forward.ServeHTTP(w, r)
		}
	})
}

// unreachable is the VPN's own word: a gateway, too, is what it is, and 502 is the right status for one whose
// next hop is not there.
func unreachable(w http.ResponseWriter, err error) {
	reason, lookup := "connection_terminated", (*net.DNSError)(nil)
	switch {
	case errors.As(err, &lookup):
		reason = "dns_error"
	case isLate(err):
		reason = "connection_timeout"
	}
	w.Header().Set("Via", "1.1 "+vpnName)
	w.Header().Set("Proxy-Status", vpnName+"; error="+reason)
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "502 Bad Gateway", http.StatusBadGateway)
}

// tunnel passes bytes on, both ways, of which it understands nothing.
func (v *VPN) tunnel(w http.ResponseWriter, r *http.Request) {
	site, err := v.dialer(r.Context(), "tcp", r.Host)
	if err != nil {
		unreachable(w, err)
		return
	}
	defer func() { _ = site.Close() }()
	w.WriteHeader(http.StatusOK)
	client, rest, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = client.Close() }()
	go func() {
		_, _ = io.Copy(site, rest)
		_ = site.Close()
	}()
	_, _ = io.Copy(client, site)
}
