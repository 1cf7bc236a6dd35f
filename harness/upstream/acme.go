package upstream

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// acme plays an authority that issues certificates by ACME (RFC 8555) to everybody: every order is ready at once, as
// every name in a world is the gateway's. It does not look at signatures. The zero value, with an authority, is ready.
type acme struct {
	authority *Authority

	mu     sync.Mutex
	orders []*acmeOrder
}

// acmeOrder is an order of RFC 8555, section 7.1.3.
type acmeOrder struct {
	Status         string           `json:"status"`
	Expires        time.Time        `json:"expires"`
	Identifiers    []acmeIdentifier `json:"identifiers"`
	Authorizations []string         `json:"authorizations"`
	Finalize       string           `json:"finalize"`
	Certificate    string           `json:"certificate,omitempty"`

	chain []byte
}

type acmeIdentifier struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// acmePrefix begins the paths of all resources but the directory, whose path is the configuration's to say.
const acmePrefix = "/gatequake-acme/"

// acmeAgent is how clients of ACME call themselves (RFC 8555, section 6.1, wants them to): acmez and CertMagic (Caddy),
// lego (Traefik), mod_md (Apache), and others.
var acmeAgent = regexp.MustCompile(`(?i)acme|certmagic|\blego\b|mod_md|certbot|dehydrated`)

// asked reports whether the request is one for ACME.
func (a *acme) asked(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, acmePrefix) ||
		r.Method == http.MethodGet && acmeAgent.MatchString(r.UserAgent())
}

// answer answers the request, whose body is read.
func (a *acme) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Replay-Nonce", rand.Text())
	w.Header().Set("Cache-Control", "no-store")
	resource, number, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, acmePrefix), "/")
	if !strings.HasPrefix(r.URL.Path, acmePrefix) {
		resource = "directory"
	}
	payload, err := acmePayload(body)
	if err == nil {
		err = a.serve(w, "https://"+r.Host+acmePrefix, resource, number, payload)
	}
	if err != nil {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{
			"type": "urn:ietf:params:acme:error:malformed", "detail": err.Error(),
		})
	}
}

// acmePayload is what stands in a JWS (RFC 7515, section 7.2.2); nothing if the body is empty.
func acmePayload(body []byte) ([]byte, error) {
	if len(body) == 0 {
		return nil, nil
	}
	jws := struct {
		Payload string `json:"payload"`
	}{}
	if err := json.Unmarshal(body, &jws); err != nil {
		return nil, fmt.Errorf("read JWS: %w", err)
	}
	return base64.RawURLEncoding.DecodeString(jws.Payload)
}

// serve answers for one resource below the URL.
func (a *acme) serve(w http.ResponseWriter, below, resource, number string, payload []byte) error {
	reply := func(status int, what any) error {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		return json.NewEncoder(w).Encode(what)
	}
	switch resource {
	case "directory":
		return reply(http.StatusOK, map[string]any{
			"newNonce": below + "nonce", "newAccount": below + "account", "newOrder": below + "new-order",
			"revokeCert": below + "revoke", "keyChange": below + "key", "meta": map[string]any{},
		})
	case "nonce", "revoke", "key":
		w.WriteHeader(http.StatusOK)
		return nil
	case "account":
		w.Header().Set("Location", below+"account/1")
		return reply(http.StatusCreated, map[string]string{"status": "valid"})
	case "new-order":
		o, n, err := a.order(below, payload)
		if err != nil {
			return err
		}
		w.Header().Set("Location", below+"order/"+n)
		return reply(http.StatusCreated, o)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	n, place, err := a.find(number)
	if err != nil {
		return err
	}
	switch resource {
	case "authorization":
		if place >= len(n.Identifiers) {
			return errors.New("no such authorization")
		}
		return reply(http.StatusOK, map[string]any{
			"status": "valid", "expires": n.Expires, "identifier": n.Identifiers[place], "challenges": []any{},
		})
	case "finalize":
		if err := a.finalize(n, payload); err != nil {
			return err
		}
		n.Certificate = below + "certificate/" + number
		fallthrough
	case "order":
		w.Header().Set("Location", below+"order/"+number)
		return reply(http.StatusOK, n)
	case "certificate":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, err := w.Write(n.chain)
		return err
	}
	return errors.New("no such resource")
}

// find returns the order with the number, and the place of one of its identifiers behind a slash. The caller holds mu.
func (a *acme) find(number string) (*acmeOrder, int, error) {
	of, place, _ := strings.Cut(number, "/")
	n, err := strconv.Atoi(of)
	if err != nil || n < 0 || n >= len(a.orders) {
		return nil, 0, errors.New("no such order")
	}
	i, _ := strconv.Atoi(place)
	return a.orders[n], max(i, 0), nil
}

// order takes an order.
func (a *acme) order(below string, payload []byte) (*acmeOrder, string, error) {
	o := &acmeOrder{Status: "ready", Expires: time.Now().Add(leafLife)}
	if err := json.Unmarshal(payload, o); err != nil {
		return nil, "", fmt.Errorf("read order: %w", err)
	}
	o.Status, o.Expires = "ready", time.Now().Add(leafLife)
	a.mu.Lock()
	defer a.mu.Unlock()
	n := strconv.Itoa(len(a.orders))
	o.Finalize = below + "finalize/" + n
	for i := range o.Identifiers {
		o.Authorizations = append(o.Authorizations, fmt.Sprintf("%sauthorization/%s/%d", below, n, i))
	}
	a.orders = append(a.orders, o)
	return o, n, nil
}

// finalize issues the certificate that the order's request is for.
func (a *acme) finalize(o *acmeOrder, payload []byte) error {
	request := struct {
		CSR string `json:"csr"`
	}{}
	if err := json.Unmarshal(payload, &request); err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	der, err := base64.RawURLEncoding.DecodeString(request.CSR)
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	template := &x509.Certificate{
		Subject: csr.Subject, DNSNames: csr.DNSNames, IPAddresses: csr.IPAddresses,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		NotBefore:   time.Now().Add(-leafLead),
		// As long as public authorities have it: a client renews what has little time left.
		NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}
	leaf, err := x509.CreateCertificate(rand.Reader, template, a.authority.certificate, csr.PublicKey, a.authority.key)
	if err != nil {
		return fmt.Errorf("issue certificate: %w", err)
	}
	o.Status = "valid"
	o.chain = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf}), a.authority.PEM()...)
	return nil
}

// Certified lists the addresses that were asked for certificates by ACME.
func (o *CatchAll) Certified() []netip.AddrPort {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := []netip.AddrPort{}
	for _, h := range o.infos {
		if h.ACME {
			all = append(all, h.To)
		}
	}
	return all
}
