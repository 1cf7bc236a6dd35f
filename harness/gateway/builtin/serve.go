package builtin

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"
)

// serve answers at each address that is configured, until SIGTERM. HTTP/2 in plain text is served to those who
// begin with it.
func (c *Config) serve(h http.Handler) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	// A header timeout, as any gateway that faces the internet has; a client of ours sends its head in one write.
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, Protocols: new(http.Protocols)}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetHTTP2(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	context.AfterFunc(ctx, func() { _ = s.Close() })
	plain := []string{c.Listen, c.Listen6, c.ListenH2C}
	ends, doors := make(chan error, len(plain)+1), 0
	open := func(at string, serve func(net.Listener) error) error {
		if at == "" {
			return nil
		}
		l, err := net.Listen("tcp", at)
		if err == nil {
			doors++
			go func() { ends <- serve(l) }()
		}
		return err
	}
	for _, at := range plain {
		if err := open(at, s.Serve); err != nil {
			return err
		}
	}
	if err := open(c.ListenTLS, func(l net.Listener) error {
		return s.ServeTLS(l, c.Certificate, c.Certificate)
	}); err != nil {
		return err
	}
	for range doors {
		if err := <-ends; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
	}
	return nil
}
