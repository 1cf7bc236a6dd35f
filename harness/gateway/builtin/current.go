package builtin

import (
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// current is the gateway as its file describes it now. Requests that have begun end as they began.
type current struct {
	file    string
	wrap    Wrap
	handler atomic.Pointer[http.Handler]
}

// ServeHTTP implements http.Handler.
func (c *current) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*c.handler.Load()).ServeHTTP(w, r)
}

// load reads the file, and serves by it from then on. What is wrong changes nothing.
func (c *current) load() (*Config, error) {
	config, err := read(c.file)
	if err != nil {
		return nil, err
	}
	h, err := config.handler()
	if err != nil {
		return nil, err
	}
	if c.wrap != nil {
		h = c.wrap(h, config)
	}
	c.handler.Store(&h)
	return config, nil
}

// follow loads the file again at each SIGHUP, until stop.
func (c *current) follow() (stop func()) {
	orders := make(chan os.Signal, 1)
	signal.Notify(orders, syscall.SIGHUP)
	go func() {
		for range orders {
			if _, err := c.load(); err != nil {
				log.Printf("reload: %v; the configuration before stays", err)
				continue
			}
			log.Print("reloaded")
		}
	}()
	return func() {
		signal.Stop(orders)
		close(orders)
	}
}
