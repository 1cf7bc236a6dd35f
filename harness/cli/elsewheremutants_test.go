package cli

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatequake/gatequake/harness/check"
	"github.com/gatequake/gatequake/harness/verdict"
)

// wrong makes a gateway of the street wrong.
type wrong func(right http.Handler, s *street) http.Handler

func right(h http.Handler, _ *street) http.Handler { return h }

// inProcess is a gateway in this process, right but for what wrong does.
func inProcess(wrong wrong) func(*testing.T, *street) {
	return func(t *testing.T, s *street) {
		mux := http.NewServeMux()
		for path, at := range map[string]string{"/": s.orders, "/users/": s.users} {
			proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: at})
			proxy.Transport = &http.Transport{ResponseHeaderTimeout: 5 * time.Second, DisableKeepAlives: true}
			proxy.ErrorLog = log.New(io.Discard, "", 0)
			proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) {
				w.Header().Set("Cache-Control", "no-store")
				w.WriteHeader(http.StatusBadGateway)
			}
			mux.Handle(path, proxy)
		}
		mux.HandleFunc(
			"/admin",
			func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "Access denied", http.StatusForbidden) },
		)
		server := httptest.NewUnstartedServer(wrong(mux, s))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.Start()
		t.Cleanup(server.Close)
		s.url = server.URL
	}
}

// elsewhereMutant is a gateway that runs elsewhere and is wrong, and the check that catches it.
type elsewhereMutant struct {
	name, experiment, check string
	wrong                   wrong
}

func TestElsewhereCatches(t *testing.T) {
	t.Parallel()
	for _, c := range []elsewhereMutant{
		{"an error that is called a success", "refused", check.Status.ID, answering(http.StatusOK, "no-store", "")},
		{
			"an error that is called a block", "refused", check.Status.ID,
			answering(http.StatusForbidden, "no-store", "Access denied"),
		},
		{
			"a page that may be cached", "refused", check.NotCacheable.ID,
			answering(http.StatusBadGateway, "max-age=60", ""),
		},
		{
			"an address on the page", "refused", check.NoLeak.ID,
			answering(http.StatusBadGateway, "no-store", "cannot dial ORDERS"),
		},
		{"an answer out of a cache", "refused", check.Status.ID, fromCache},
		{"a gateway that bears a grudge", "refused", check.SteadyAfter.ID, grudging},
		{"a bystander that suffers", "refused", check.Bystander.ID, sharing},
		{"a POST that is sent twice", "close-after-request", check.PostOnce.ID, twice},
		{
			"half an answer that seems whole", "close-mid-body", check.CutVisible.ID,
			func(h http.Handler, _ *street) http.Handler { return onError(h, nil) },
		},
		{"a refusal that asks the upstream first", "admin", check.NotAsked.ID, asking},
		{"a refusal that is none", "admin", check.Status.ID, open},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.caught(t)
		})
	}
}

// TestElsewhereCatchesWhoIsLate is not run beside the others of its package: where the machine itself is late, as a
// gateway elsewhere shares it with its client, nobody can be called so.
func TestElsewhereCatchesWhoIsLate(t *testing.T) {
	elsewhereMutant{"an error that takes too long", "refused", check.InTime.ID, dawdling}.caught(t)
}

// caught fails the test unless the check catches the gateway.
func (c elsewhereMutant) caught(t *testing.T) {
	t.Helper()
	s := newStreet(t, inProcess(c.wrong))
	all, o := s.try(t, "--file", file(t, theirs), "--only", c.experiment, "--setting", "orders/orders")
	v := all["orders/orders "+c.experiment]
	if o.status != statusFails || v.Result != verdict.Fail ||
		!strings.Contains(strings.Join(v.Broken(), " "), c.check) {
		t.Errorf(
			"got status %d, %s (%s), want it to fail %s; it said %s",
			o.status,
			v.Result.String(),
			v.Reason,
			c.check,
			o.err,
		)
	}
}

// onError holds back what h says and lets do answer in place of a 502; without do it passes on as whole what was cut.
func onError(h http.Handler, do http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := said(h, r)
		if rec.Code == http.StatusBadGateway && do != nil {
			do(w, r)
			return
		}
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(rec.Code)
		_, _ = io.Copy(w, rec.Body)
	})
}

// said is what h says, also if it breaks off.
func said(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	func() {
		defer func() { _ = recover() }()
		h.ServeHTTP(rec, r)
	}()
	return rec
}

func answering(status int, cache, page string) wrong {
	return func(h http.Handler, s *street) http.Handler {
		return onError(h, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", cache)
			w.WriteHeader(status)
			fmt.Fprint(w, strings.ReplaceAll(page, "ORDERS", s.orders))
		})
	}
}

func dawdling(h http.Handler, _ *street) http.Handler {
	return onError(h, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done(): // Its client has left.
		case <-time.After(10 * time.Second): // Who has sent a body that nobody reads is not seen to leave.
		}
		w.WriteHeader(http.StatusBadGateway)
	})
}

func fromCache(h http.Handler, _ *street) http.Handler {
	kept := sync.Map{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := said(h, r)
		if rec.Code == http.StatusOK {
			kept.Store(r.URL.Path, rec.Body.Bytes())
		}
		page, _ := kept.Load(r.URL.Path)
		_, _ = w.Write(page.([]byte))
	})
}

func grudging(h http.Handler, _ *street) http.Handler {
	broken := sync.Map{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, once := broken.Load(r.URL.Path); once {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		onError(h, func(w http.ResponseWriter, _ *http.Request) {
			broken.Store(r.URL.Path, true)
			w.WriteHeader(http.StatusBadGateway)
		}).ServeHTTP(w, r)
	})
}

func sharing(h http.Handler, _ *street) http.Handler {
	broken := sync.Map{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, all := broken.Load("/"); all && r.URL.Path == "/users/" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		served := true
		onError(h, func(w http.ResponseWriter, _ *http.Request) {
			served = false
			broken.Store(r.URL.Path, true)
			w.WriteHeader(http.StatusBadGateway)
		}).ServeHTTP(w, r)
		if served {
			broken.Delete(r.URL.Path) // Not before: the next request for it is not answered yet.
		}
	})
}

func twice(h http.Handler, _ *street) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		again := r.Clone(r.Context())
		r.Body, again.Body = io.NopCloser(
			strings.NewReader(string(body)),
		), io.NopCloser(
			strings.NewReader(string(body)),
		)
		onError(h, func(w http.ResponseWriter, _ *http.Request) { h.ServeHTTP(w, again) }).ServeHTTP(w, r)
	})
}

func asking(h http.Handler, _ *street) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/admin" {
			ask := r.Clone(r.Context())
			ask.URL.Path = "/"
			said(h, ask)
		}
		h.ServeHTTP(w, r)
	})
}

func open(h http.Handler, _ *street) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/admin" {
			h.ServeHTTP(w, r)
		}
	})
}
