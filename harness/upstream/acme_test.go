package upstream

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestACMEIssuesWhatIsOrdered orders a certificate as RFC 8555 has it, without its signatures.
func TestACMEIssuesWhatIsOrdered(t *testing.T) {
	t.Parallel()
	authority, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	a := &acme{authority: authority}
	ask := func(method, url, payload string) *httptest.ResponseRecorder {
		body := fmt.Sprintf(`{"payload": %q}`, base64.RawURLEncoding.EncodeToString([]byte(payload)))
		r := httptest.NewRequest(method, url, nil)
		r.Header.Set("User-Agent", "some acme client")
		if !a.asked(r) {
			t.Errorf("%s %s: got that it is no request for ACME", method, url)
		}
		w := httptest.NewRecorder()
		a.answer(w, r, []byte(body))
		if w.Header().Get("Replay-Nonce") == "" {
			t.Errorf("%s %s: got no nonce", method, url)
		}
		return w
	}
	directory := map[string]any{}
	if err := json.Unmarshal(ask(http.MethodGet, "https://ca.test/directory", "").Body.Bytes(), &directory); err != nil {
		t.Fatal(err)
	}
	order := acmeOrder{}
	w := ask(http.MethodPost, directory["newOrder"].(string), `{"identifiers": [{"type": "dns", "value": "a.test"}]}`)
	if err := json.Unmarshal(w.Body.Bytes(), &order); err != nil || order.Status != "ready" || w.Code != 201 {
		t.Fatalf("got %d and %+v (%v), want an order that is ready", w.Code, order, err)
	}
	if w := ask(http.MethodPost, order.Authorizations[0], ""); !bytes.Contains(w.Body.Bytes(), []byte(`"a.test"`)) {
		t.Errorf("got %s, want the authorization of a.test", w.Body)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"a.test"}}, key)
	if err != nil {
		t.Fatal(err)
	}
	w = ask(http.MethodPost, order.Finalize, fmt.Sprintf(`{"csr": %q}`, base64.RawURLEncoding.EncodeToString(csr)))
	if err := json.Unmarshal(w.Body.Bytes(), &order); err != nil || order.Certificate == "" {
		t.Fatalf("got %s (%v), want where the certificate is", w.Body, err)
	}
	block, _ := pem.Decode(ask(http.MethodPost, order.Certificate, "").Body.Bytes())
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: authority.Pool(), DNSName: "a.test"}); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{
		"order/7", "order/x", "authorization/0/9", "authorization/0/-1", "nowhere/0", "finalize/0",
	} {
		w := ask(http.MethodPost, "https://ca.test"+acmePrefix+wrong, "{")
		if want := wrong == "authorization/0/-1"; (w.Code == http.StatusOK) != want {
			t.Errorf("%s: got %d", wrong, w.Code)
		}
	}
}
